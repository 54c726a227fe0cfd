"""Who the operator is to each cloud, and where the credentials came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.clouds import aws_files, endpoints, gcloud_files
from wizard.clouds.errors import CloudError, NoCredentials
from wizard.clouds.session import Clouds

_PATIENCE = 4.0
"""How long a transient refusal is retried, in seconds: somebody waits."""


@dataclass(frozen=True)
class Identity:
    """Somebody: an ARN on AWS, an e-mail address on Google; empty where the cloud does not tell. And the source."""

    who: str
    source: str
    account: str = ""
    """The AWS account's id."""


def aws_operator(clouds: Clouds) -> Identity:
    """The operator's caller identity on AWS. Raises CloudError."""
    caller = clouds.aws.look("sts", "get_caller_identity")
    return Identity(str(caller["Arn"]), _aws_source(clouds.environ), str(caller["Account"]))


def google_operator(clouds: Clouds) -> Identity:
    """The operator's Google account. Raises CloudError where there are no credentials, or they no longer work."""
    operator = clouds.google.operator
    for name in ("service_account_email", "account"):
        email = getattr(operator.credentials, name, None)
        if isinstance(email, str) and "@" in email:
            return Identity(email, operator.source)
    return Identity(_email_of_token(clouds) or _configured(clouds.environ, operator.source), operator.source)


def _email_of_token(clouds: Clouds) -> str:
    """The e-mail address that Google knows the token by; empty where the token may not tell it."""
    if endpoints.SANDBOX in clouds.environ and endpoints.google("oauth2", clouds.environ).startswith("https:"):
        return ""  # a sandbox's token is no business of Google's
    try:
        return str(clouds.google.call("oauth2", "POST", "/tokeninfo", patience=_PATIENCE).get("email", ""))
    except NoCredentials:
        raise
    except CloudError as error:
        if error.status is None:
            raise
        return ""


def _configured(environ: Mapping[str, str], source: str) -> str:
    """The account of gcloud's configuration, if the credentials are gcloud's."""
    if source != "gcloud":
        return ""
    return environ.get("CLOUDSDK_CORE_ACCOUNT") or gcloud_files.setting(environ, "core", "account")


def _aws_source(environ: Mapping[str, str]) -> str:
    if aws_files.keys_in_environment(environ):
        return "AWS keys in the environment"
    profile = aws_files.profile_in_use(environ)
    return profile.source if profile else "the identity of this machine"
