"""Google's long-running operations, in the form that the engine polls."""

from __future__ import annotations

from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Operation


def of(clouds: Clouds, api: str, answer: dict[str, Any]) -> Operation | None:
    """Return the operation that the answer to a write names, polled at `GET /v1/NAME`; None if it is already done."""
    name = answer.get("name", "")
    if answer.get("done") or not name:
        return None

    def poll() -> bool:
        state = clouds.google.call(api, "GET", f"/v1/{name}")
        error = state.get("error")
        if error:
            reason = str(error.get("status") or error.get("code") or "UNKNOWN")
            raise CloudError(f"{api}.googleapis.com", f"operation {name}", None, reason, str(error.get("message", "")))
        return bool(state.get("done"))

    return Operation(name=name, poll=poll)
