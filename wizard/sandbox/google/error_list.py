"""The list `error.errors`, which the older of Google's APIs add to the error envelope for their older clients.

Recorded from IAM, Resource Manager and the Container API; reported in the same form for Service Usage. The newer APIs
(IAM Service Account Credentials, for example) answer without it. A client asks for one or the other with `$.xgafv`
("System parameters": 1 has the list, 2 has not).
"""

from __future__ import annotations

from wizard.sandbox.json_value import JSON

from .errors import GoogleError

WITH_ERROR_LIST = frozenset(
    (
        "bigquery.googleapis.com",
        "cloudresourcemanager.googleapis.com",
        "container.googleapis.com",
        "iam.googleapis.com",
        "serviceusage.googleapis.com",
    )
)
"""The services whose errors have the list unless the client asks for the other format."""

REASONS = {
    "INVALID_ARGUMENT": "badRequest",
    "FAILED_PRECONDITION": "failedPrecondition",
    "UNAUTHENTICATED": "authError",
    "PERMISSION_DENIED": "forbidden",
    "NOT_FOUND": "notFound",
    "ALREADY_EXISTS": "alreadyExists",
    "ABORTED": "aborted",
    "RESOURCE_EXHAUSTED": "rateLimitExceeded",
    "INTERNAL": "backendError",
    "UNAVAILABLE": "backendError",
    "DEADLINE_EXCEEDED": "backendError",
}
"""The canonical reason of an error to the reason in its list. The sandbox's own refusals (501) have no list."""


def envelope(error: GoogleError, service: str, version: str = "") -> JSON:
    """The body of the answer, with the list `errors` if the service has one or `version` ($.xgafv) is "1"."""
    body = error.body()
    wanted = version == "1" or (version != "2" and service in WITH_ERROR_LIST)
    if not wanted or "errors" in body["error"] or error.reason not in REASONS:
        return body
    code, message, *rest = body["error"].items()
    return {"error": dict([code, message, ("errors", [_entry(error)]), *rest])}


def _entry(error: GoogleError) -> JSON:
    if error.entry is not None:
        return {"message": error.message, **error.entry}
    return {"message": error.message, "domain": "global", "reason": REASONS[error.reason]}
