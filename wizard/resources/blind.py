"""Reading through an API that the same plan is about to switch on."""

from __future__ import annotations

from wizard.clouds.errors import CloudError
from wizard.engine.resource import Refused


def switched_off(error: Refused) -> str | None:
    """Why nothing could be read, when the API is off in the project that the call is charged to; else None."""
    if isinstance(error, CloudError) and (service := error.service_disabled):
        return f"{service} is not enabled yet"
    return None


def enabling_settles(error: Refused) -> bool:
    """Whether the refusal only means that an API was enabled moments ago ("wait a few minutes" in Google's words)."""
    return isinstance(error, CloudError) and error.service_disabled is not None


def has_status(error: Refused, status: int) -> bool:
    """Whether a cloud answered with this HTTP status."""
    return isinstance(error, CloudError) and error.status == status
