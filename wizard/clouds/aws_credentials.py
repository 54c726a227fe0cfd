"""Where the operator's AWS credentials come from, why they do not work, and how to get others from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from wizard.clouds import aws_answers, aws_files, way_out
from wizard.clouds.errors import CloudError, ExpiredCredentials, NoCredentials, RefusedCredentials, Unreachable
from wizard.language import _

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_REFUSED = frozenset({"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"})
_OTHER_CAUSES = {
    "Credential should be scoped to a valid region": "check aws.region, or AWS_REGION",
    "Signature expired": "correct the clock of this machine, which is wrong by more than 15 minutes",
    "Signature not yet current": "correct the clock of this machine, which is wrong by more than 15 minutes",
}
"""The start of a message of AWS about a signature -> the fix; the keys are not the cause then."""

_NONE = "set AWS_PROFILE, sign in with `aws sso login`, or export AWS access keys"
_HALF = "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or unset both to use a profile"
_NO_SESSION_TOKEN = "set AWS_SESSION_TOKEN: access keys that start with ASIA are temporary, and need a session token"
_RENEW = {
    "environment": "export new AWS access keys (temporary keys also need AWS_SESSION_TOKEN), or unset the variables "
    "to use a profile",
    "sso": "sign in again: aws sso login --profile {profile}",
    "login": "sign in again: aws login --profile {profile}",
    "process": "run the program that the profile {profile} names in credential_process, and check that the program "
    "prints new credentials",
    "keys": "create a new access key, and store the key: aws configure --profile {profile}",
    "role": "check the role that the profile {profile} assumes, and the source credentials of the profile",
    "web identity": "check that the token in AWS_WEB_IDENTITY_TOKEN_FILE has not expired, and that the role in "
    "AWS_ROLE_ARN trusts the token's issuer",
    "container": "check the role of this task, or the pod identity association of this pod",
    "machine": _NONE,
}
"""How the credentials are found -> how to get others that work."""

_CONTAINER = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
_SIGN_IN = frozenset(
    {"TokenRetrievalError", "UnauthorizedSSOTokenError", "SSOTokenLoadError", "LoginRefreshRequired"}
    | {"LoginTokenLoadError", "LoginAuthorizationCodeError"}
)
"""botocore's errors for a session that ended, or that was never started."""
_UNUSABLE = frozenset(
    {"CredentialRetrievalError", "RefreshWithMFAUnsupportedError", "UnknownCredentialError", "InfiniteLoopConfigError"}
    | {"MetadataRetrievalError", "LoginInsufficientPermissions", "LoginError"}
)
"""botocore's errors for credentials that their source does not give."""


@dataclass(frozen=True)
class AwsSource:
    """Where botocore finds the credentials, as a text for the user, and how to get others from there."""

    title: str
    renew: str


def source(environ: Mapping[str, str]) -> AwsSource:
    """Return the source of the credentials that botocore finds in this environment. Calls no cloud."""
    if aws_files.keys_in_environment(environ):
        temporary = environ["AWS_ACCESS_KEY_ID"].startswith("ASIA") and not environ.get("AWS_SESSION_TOKEN")
        return AwsSource(
            (_("AWS access keys in the environment")), _(_NO_SESSION_TOKEN) if temporary else _(_RENEW["environment"])
        )
    if environ.get("AWS_WEB_IDENTITY_TOKEN_FILE") and environ.get("AWS_ROLE_ARN"):
        return AwsSource(_("the web identity token of this pod (IRSA)"), _(_RENEW["web identity"]))
    profile = aws_files.profile_in_use(environ)
    if profile and profile.kind:
        return AwsSource(profile.source, _(_RENEW[profile.kind]).format(profile=profile.name))
    if any(
        name in environ for name in ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    ):
        return AwsSource(_("the container credentials of this task or pod"), _(_RENEW["container"]))
    return AwsSource(profile.source if profile else _("the identity of this machine"), _(_RENEW["machine"]))


def refusal(service: str, operation: str, error: Any, environ: Mapping[str, str]) -> CloudError:
    """Return the CloudError for a botocore ClientError."""
    answer = error.response.get("Error", {})
    code, message = str(answer.get("Code", "")), str(answer.get("Message", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    for start in _OTHER_CAUSES:
        if message.startswith(start):
            return CloudError(service, operation, status, code, message, _(_OTHER_CAUSES[start]))
    if code in _EXPIRED:
        return ExpiredCredentials(service, operation, status, code, message, source(environ).renew)
    if code in _REFUSED:
        return RefusedCredentials(service, operation, status, code, message, source(environ).renew)
    return CloudError(service, operation, status, code, message)


def no_answer(service: str, operation: str, error: Any, environ: Mapping[str, str]) -> CloudError:
    """Return the CloudError for a botocore error without an answer of the service."""
    name, text = type(error).__name__, aws_answers.said(error)
    lone = bool(environ.get("AWS_ACCESS_KEY_ID")) != bool(environ.get("AWS_SECRET_ACCESS_KEY"))
    if name == "PartialCredentialsError" or (name == "NoCredentialsError" and lone):
        return NoCredentials(service, operation, None, name, text, _(_HALF) if lone else source(environ).renew)
    if name == "NoCredentialsError":
        return NoCredentials(service, operation, None, name, text, _(_NONE))
    if name == "ProfileNotFound":
        known = ", ".join(profile.name for profile in aws_files.profiles(environ)) or "none"
        fix = _(
            "set AWS_PROFILE to one of the profiles on this machine, or unset AWS_PROFILE; the profiles are: {known}"
        ).format(known=known)
        return NoCredentials(service, operation, None, name, text, fix)
    if name in _SIGN_IN:
        return ExpiredCredentials(service, operation, None, name, text, source(environ).renew)
    if name in _UNUSABLE:
        return NoCredentials(service, operation, None, name, text, source(environ).renew)
    if name == "NoRegionError":
        fix = _("set AWS_REGION, or set aws.region in the setup file")
        return CloudError(service, operation, None, "NoRegion", text, fix)
    found = way_out.obstacle(_with_cause(error), urlsplit(_url(error)).hostname or f"AWS {service}", environ)
    if found is not None:
        return Unreachable(service, operation, None, name, found.message, found.hint, not found.lasts)
    return Unreachable(service, operation, None, name, text, _(_NO_NETWORK), transient=True)


def _url(error: Any) -> str:
    """Return the URL of the endpoint that botocore did not reach; empty if the error does not tell."""
    return str(error.kwargs.get("endpoint_url") or "")


def _with_cause(error: Any) -> str:
    """Return the name and the text of an error of botocore, with those of the error that it holds."""
    inner = error.kwargs.get("error")
    return f"{type(error).__name__} {error} {type(inner).__name__} {inner}"


_NO_NETWORK = "check the network, HTTPS_PROXY and DNS; the wizard received no response within about a minute"
