"""Recognize errors of APIs that the same plan enables, or has just enabled."""

from __future__ import annotations

from wizard.clouds.errors import CloudError
from wizard.engine.resource import Refused
from wizard.language import _


def disabled_api(error: Refused) -> str | None:
    """Return a message if an API is not enabled in the project that pays for the call; None for other errors."""
    if isinstance(error, CloudError) and error.service_disabled:
        return _("the API {api} is not enabled yet").format(api=error.service_disabled)
    return None


def is_api_starting(error: Refused) -> bool:
    """Return whether the error can mean that an API was enabled only moments ago."""
    return isinstance(error, CloudError) and error.service_disabled is not None


def has_status(error: Refused, status: int) -> bool:
    """Return whether a cloud answered with this HTTP status."""
    return isinstance(error, CloudError) and error.status == status
