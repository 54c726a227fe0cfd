"""The errors of the AWS side: one exception, and the refusals that every service shares, in the words of AWS STS.

Other protocols have other codes for the same refusal; `protocols` translates.
"""

from __future__ import annotations

from datetime import datetime, timedelta

FRESH = timedelta(minutes=15)
"""How old a signature may be, and how far in the future (AWS Signature Version 4)."""


class AwsRefusal(Exception):  # noqa: N818 - what AWS does is refuse; our own code made no error
    """A refusal of an AWS service: `code` and `message` in AWS's words, `status` the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def missing_authentication() -> AwsRefusal:
    """The request is not signed at all."""
    return AwsRefusal("MissingAuthenticationToken", "Request is missing Authentication Token", 403)


def incomplete_signature(message: str) -> AwsRefusal:
    """The request is signed, but not in a form that can be read."""
    return AwsRefusal("IncompleteSignature", message, 400)


def invalid_token() -> AwsRefusal:
    """The key is unknown, inactive, or temporary and without its session token."""
    return AwsRefusal("InvalidClientTokenId", "The security token included in the request is invalid.", 403)


def expired_token() -> AwsRefusal:
    """The temporary key has expired."""
    return AwsRefusal("ExpiredToken", "The security token included in the request is expired", 403)


def signature_mismatch() -> AwsRefusal:
    """The secret is wrong, or something that was signed has been altered."""
    return AwsRefusal(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details.",
        403,
    )


def signature_expired(signed: datetime, now: datetime) -> AwsRefusal:
    """The signature is older than 15 minutes."""
    message = f"Signature expired: {stamp(signed)} is now earlier than {stamp(now - FRESH)} ({stamp(now)} - 15 min.)"
    return AwsRefusal("SignatureDoesNotMatch", message, 403)


def signature_early(signed: datetime, now: datetime) -> AwsRefusal:
    """The signature is from more than 15 minutes in the future."""
    message = (
        f"Signature not yet current: {stamp(signed)} is still later than {stamp(now + FRESH)} ({stamp(now)} + 15 min.)"
    )
    return AwsRefusal("SignatureDoesNotMatch", message, 403)


def wrong_scope(message: str) -> AwsRefusal:
    """The credential scope names another region or service than the endpoint's."""
    return AwsRefusal("SignatureDoesNotMatch", message, 403)


def not_authorized(arn: str, action: str, resource: str, because: str = "") -> AwsRefusal:
    """The caller does not have the permission; `because` is what AWS adds when an identity policy decides."""
    message = f"User: {arn} is not authorized to perform: {action} on resource: {resource}"
    return AwsRefusal("AccessDenied", f"{message} {because}".rstrip(), 403)


def unknown_action(action: str, version: str) -> AwsRefusal:
    """The action does not exist, or the sandbox does not have it."""
    return AwsRefusal("InvalidAction", f"Could not find operation {action} for version {version}", 400)


def lacking(what: str) -> AwsRefusal:
    """The sandbox does not have a service or an operation; `what` is its host, or its name such as iam:GetRole."""
    # 501, since clients repeat a call that was answered with 500.
    return AwsRefusal("NotImplemented", f"the sandbox has no {what}; nothing left this machine", 501)


def out_of_bounds(value: object, parameter: str, constraint: str) -> AwsRefusal:
    """A parameter breaks the service model's constraint, such as `Member must have length less than or equal to 64`."""
    problem = (
        f"1 validation error detected: Value '{value}' at '{parameter}' failed to satisfy constraint: {constraint}"
    )
    return AwsRefusal("ValidationError", problem, 400)


def stamp(moment: datetime) -> str:
    """A moment (UTC) as Signature Version 4 writes it: 20260102T030405Z."""
    return moment.strftime("%Y%m%dT%H%M%SZ")
