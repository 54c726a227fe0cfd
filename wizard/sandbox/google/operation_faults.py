"""Operations that a fault lets end in an error, or not end for a long time."""

from __future__ import annotations

from collections.abc import Callable

from wizard.sandbox.faults import Fault, current
from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.operations import Operation
from wizard.sandbox.model.world import World

from .calls import Call

_CODES = {400: 3, 403: 7, 404: 5, 409: 10, 429: 8, 500: 13, 503: 14, 504: 4}
"""HTTP status to the code of google.rpc.Code."""


def start(
    call: Call, name: str, effect: Callable[[], JSON] | None, undo: Callable[[], object] = lambda: None
) -> Operation:
    """Start the operation of a call. `effect` happens when it ends, and returns its response.

    `undo` happens if it ends in an error, and takes back what was there since its start.

    A fault whose call is `operation METHOD PATH`, such as `operation POST /v1/projects/p/services/s:enable`, makes it
    take longer (delay), or end without effect (status, message).
    """
    fault = struck(call.world, call.service, f"operation {call.method} {call.path}")
    if fault is None:
        return call.world.operations.start(name, effect)
    error = failure(fault) if fault.status is not None else None
    return call.world.operations.start(name, effect, fault.delay, error, undo)


def struck(world: World, service: str, operation: str) -> Fault | None:
    """Return the fault that strikes an operation; None if there is none."""
    fault = world.faults.match(service, operation)
    if fault is not None:
        current.set(fault)  # for the line of the call in the request log
    return fault


def failure(fault: Fault) -> JSON:
    """Return the google.rpc.Status of an operation that a fault lets fail."""
    message = fault.message or "The operation failed, as the scenario asks for."
    return {"code": _CODES.get(fault.status or 500, fault.status), "message": message}
