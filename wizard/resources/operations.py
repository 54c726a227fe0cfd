"""Google's long-running operations, in the form that the engine polls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Operation

DEADLINE = 600.0
"""For how many seconds to wait for an operation, which usually takes less than a minute."""

_CODES = {
    3: "INVALID_ARGUMENT",
    4: "DEADLINE_EXCEEDED",
    5: "NOT_FOUND",
    6: "ALREADY_EXISTS",
    7: "PERMISSION_DENIED",
    8: "RESOURCE_EXHAUSTED",
    9: "FAILED_PRECONDITION",
    10: "ABORTED",
    13: "INTERNAL",
    14: "UNAVAILABLE",
}
"""The names of the usual codes of google.rpc.Status."""


def reason_of(error: Mapping[str, Any]) -> str:
    """Return the canonical reason of a google.rpc.Status."""
    code = error.get("code")
    return str(error.get("status") or _CODES.get(code or 0) or code or "UNKNOWN")


def of(clouds: Clouds, api: str, answer: dict[str, Any]) -> Operation | None:
    """Return the operation that the answer to a write names, polled at `GET /v1/NAME`; None if it is already done."""
    name = answer.get("name", "")
    if answer.get("done") or not name:
        return None

    def poll() -> bool:
        state = clouds.google.call(api, "GET", f"/v1/{name}")
        error = state.get("error")
        if error:
            message = str(error.get("message") or "the operation failed")
            raise CloudError(f"{api}.googleapis.com", f"operation {name}", None, reason_of(error), message)
        return bool(state.get("done"))

    return Operation(name=name, poll=poll, deadline=DEADLINE)
