"""The errors of Google's APIs: their JSON envelope, and the OAuth errors of the token service.

The texts are Google's own where they are known from recordings or published reports; where they are not, the text is
neutral, and only status and reason mean something.
"""

from collections.abc import Mapping

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.refusals import (
    AlreadyExistsError,
    InvalidError,
    PreconditionError,
    RefusedError,
    StaleEtagError,
    UnknownFieldError,
)

ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
INVALID_ARGUMENT = "Request contains an invalid argument."
"""What an API says when it says no more than that."""

AUTHORIZATION = {"location": "Authorization", "locationType": "header"}
NOT_CONFIGURED = {
    "domain": "usageLimits",
    "reason": "accessNotConfigured",
    "extendedHelp": "https://console.developers.google.com",
}
GCLOUD_PROJECT = "764086051850"
"""The project of gcloud's own OAuth client, which user credentials without a quota project are charged to."""


class GoogleError(Exception):
    """A refusal of a Google API: `status` is the HTTP code, `reason` the canonical name, such as PERMISSION_DENIED.

    `entry` is what the error's entry in the list `errors` has besides the message, when that does not follow from the
    reason, such as {"domain": "usageLimits", "reason": "accessNotConfigured"}.
    """

    def __init__(
        self,
        status: int,
        reason: str,
        message: str,
        details: list[JSON] | None = None,
        entry: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message
        self.details = details or []
        self.entry = entry

    def body(self) -> JSON:
        """The JSON error envelope."""
        error: dict[str, JSON] = {"code": self.status, "message": self.message, "status": self.reason}
        if self.details:
            error["details"] = self.details
        return {"error": error}


class OAuthError(Exception):
    """A refusal of the token service, in the words of OAuth: `error` and `error_description`."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description

    def body(self) -> JSON:
        """The JSON body of the answer."""
        return {"error": self.error, "error_description": self.description}


def error_info(reason: str, domain: str, metadata: Mapping[str, str]) -> JSON:
    """One google.rpc.ErrorInfo detail."""
    return {"@type": ERROR_INFO, "reason": reason, "domain": domain, "metadata": dict(metadata)}


def invalid(message: str) -> GoogleError:
    """400 INVALID_ARGUMENT."""
    return GoogleError(400, "INVALID_ARGUMENT", message)


def unbound(message: str, field: str = "") -> GoogleError:
    """400 for a request that does not fit the API's messages: a name or a value that cannot be read.

    `field` is the path of what is wrong, such as `oidc`; empty for the request itself.
    """
    violation = {"field": field, "description": message} if field else {"description": message}
    details = [{"@type": BAD_REQUEST, "fieldViolations": [violation]}]
    return GoogleError(400, "INVALID_ARGUMENT", message, details, {"reason": "invalid"})


def failed_precondition(message: str) -> GoogleError:
    """400 FAILED_PRECONDITION."""
    return GoogleError(400, "FAILED_PRECONDITION", message)


def unauthenticated(missing: bool = False) -> GoogleError:
    """401 for a bearer token that is missing, unknown, expired or no longer good."""
    head = (
        "Request is missing required authentication credential."
        if missing
        else ("Request had invalid authentication credentials.")
    )
    tail = (
        "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
        "See https://developers.google.com/identity/sign-in/web/devconsole-project."
    )
    entry = {"domain": "global", "reason": "required" if missing else "authError", **AUTHORIZATION}
    return GoogleError(401, "UNAUTHENTICATED", f"{head} {tail}", entry=entry)


def no_permission() -> GoogleError:
    """403 in the words of Resource Manager, which does not say whether the project exists."""
    return GoogleError(403, "PERMISSION_DENIED", "The caller does not have permission")


def denied(permission: str, resource: str | None = None) -> GoogleError:
    """403 in the words of IAM, naming the permission and, when given, the full resource name."""
    metadata = {"permission": permission}
    where = "resource"
    if resource is not None:
        where = f"resource '{resource}'"
        metadata["resource"] = resource
    message = f"Permission '{permission}' denied on {where} (or it may not exist)."
    info = error_info("IAM_PERMISSION_DENIED", "iam.googleapis.com", metadata)
    return GoogleError(403, "PERMISSION_DENIED", message, [info])


def not_found(message: str = "Requested entity was not found.") -> GoogleError:
    """404 NOT_FOUND."""
    return GoogleError(404, "NOT_FOUND", message)


def already_exists(message: str = "Requested entity already exists") -> GoogleError:
    """409 ALREADY_EXISTS."""
    return GoogleError(409, "ALREADY_EXISTS", message)


def concurrent_change() -> GoogleError:
    """409 ABORTED, for a policy written with a stale etag."""
    return GoogleError(
        409,
        "ABORTED",
        "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.",
    )


def lacking(what: str) -> GoogleError:
    """501 for what the sandbox does not have: a host, or a method of an API. No cloud says this."""
    return GoogleError(501, "UNIMPLEMENTED", f"the sandbox has no {what}; nothing left this machine")


def answer_to(refused: RefusedError) -> GoogleError:
    """The error that an API answers when the model refuses a change."""
    match refused:
        case UnknownFieldError():
            return unbound(str(refused), refused.path)
        case InvalidError():
            return invalid(str(refused))
        case PreconditionError():
            return failed_precondition(str(refused))
        case AlreadyExistsError():
            return already_exists()
        case StaleEtagError():
            return concurrent_change()
    return GoogleError(501, "UNIMPLEMENTED", str(refused))


def service_disabled(title: str, service: str, project_number: str) -> GoogleError:
    """403 for an API that is off in the consumer project."""
    url = f"https://console.developers.google.com/apis/api/{service}/overview?project={project_number}"
    message = (
        f"{title} has not been used in project {project_number} before or it is disabled. Enable it by visiting {url} "
        "then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems "
        "and retry."
    )
    metadata = {"service": service, "consumer": f"projects/{project_number}"}
    info = error_info("SERVICE_DISABLED", "googleapis.com", metadata)
    return GoogleError(403, "PERMISSION_DENIED", message, [info], NOT_CONFIGURED)
