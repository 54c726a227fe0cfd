"""What a Kubernetes API server refuses with: a Status object. The texts are those of Kubernetes' own source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .kinds import Kind, Object


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong with an object: where, what kind of problem, and the sentence."""

    field: str
    reason: str
    message: str

    def document(self) -> Object:
        """The JSON form."""
        return {"reason": self.reason, "message": self.message, "field": self.field}


class ApiError(Exception):
    """The API server says no: `code` is the HTTP status, `reason` a StatusReason such as NotFound."""

    def __init__(self, code: int, reason: str, message: str, details: Object | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details

    def body(self) -> Object:
        """The Status object."""
        status: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        status |= {"message": self.message, "reason": self.reason, "code": self.code}
        if self.details:
            status["details"] = self.details
        return status


def _details(kind: Kind, name: str, causes: Sequence[Cause] = ()) -> Object:
    details: Object = {"name": name, "kind": kind.plural} if name else {"kind": kind.plural}
    if kind.group:
        details["group"] = kind.group
    if causes:
        details["causes"] = [each.document() for each in causes]
    return details


def unauthorized() -> ApiError:
    """401: nobody, or a token that is not good here."""
    return ApiError(401, "Unauthorized", "Unauthorized")


def bad_request(message: str) -> ApiError:
    """400 BadRequest."""
    return ApiError(400, "BadRequest", message)


def no_such_path() -> ApiError:
    """404 for a path that the server does not have."""
    return ApiError(404, "NotFound", "the server could not find the requested resource", {})


def not_found(kind: Kind, name: str) -> ApiError:
    """404 for an object that is not there."""
    return ApiError(404, "NotFound", f'{kind.qualified} "{name}" not found', _details(kind, name))


def already_exists(kind: Kind, name: str) -> ApiError:
    """409 AlreadyExists."""
    return ApiError(409, "AlreadyExists", f'{kind.qualified} "{name}" already exists', _details(kind, name))


def forbidden(kind: Kind, name: str, why: str, causes: Sequence[Cause] = ()) -> ApiError:
    """403 Forbidden, by admission: the caller may do such things, but not this one."""
    named = f'{kind.qualified} "{name}"' if name else kind.qualified
    return ApiError(403, "Forbidden", f"{named} is forbidden: {why}", _details(kind, name, causes))


def conflict(kind: Kind, name: str, why: str) -> ApiError:
    """409 Conflict: the object is not what the caller takes it for."""
    message = f'Operation cannot be fulfilled on {kind.qualified} "{name}": {why}'
    return ApiError(409, "Conflict", message, _details(kind, name))


def modified(kind: Kind, name: str) -> ApiError:
    """409 for a stale resourceVersion."""
    why = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(kind, name, why)


def invalid(kind: Kind, name: str, causes: Sequence[Cause]) -> ApiError:
    """422 Invalid: every problem at once."""
    problems = [f"{each.field}: {each.message}" for each in causes]
    said = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
    qualified = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    details = _details(kind, name, causes) | {"kind": kind.kind}
    return ApiError(422, "Invalid", f'{qualified} "{name}" is invalid: {said}', details)


def terminating(kind: Kind, name: str, namespace: str) -> ApiError:
    """403 for anything new in a namespace that is being deleted."""
    said = f"namespace {namespace} is being terminated"
    why = f"unable to create new content in namespace {namespace} because it is being terminated"
    return forbidden(kind, name, why, [Cause("metadata.namespace", "NamespaceTerminating", said)])


def unsupported_media(content_type: str, taken: Sequence[str]) -> ApiError:
    """415 UnsupportedMediaType."""
    message = f"the body of the request was in an unknown format - accepted media types include: {', '.join(taken)}"
    return ApiError(415, "UnsupportedMediaType", message, {"causes": [{"message": content_type}]})


def method_not_allowed() -> ApiError:
    """405 MethodNotAllowed."""
    return ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})


def too_many_requests(message: str, cause: Cause) -> ApiError:
    """429: not now."""
    return ApiError(429, "TooManyRequests", message, {"causes": [cause.document()]})


def not_here(what: str) -> ApiError:
    """501 for what API servers have and the sandbox does not."""
    return ApiError(501, "NotImplemented", f"the sandbox has no {what}; nothing left this machine", {})


def expired(asked: int, oldest: int) -> ApiError:
    """410 for a watch that begins before what is remembered."""
    return ApiError(410, "Expired", f"too old resource version: {asked} ({oldest})")
