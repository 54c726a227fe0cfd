"""The operator's identity in each cloud, and the source of the credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.clouds import aws_credentials, gcloud_files
from wizard.clouds.aws import SHORT
from wizard.clouds.errors import CloudError, NoCredentials
from wizard.clouds.session import Clouds

_RETRY_FOR = 4.0
"""Seconds for which a call is retried; short, because the user waits."""


@dataclass(frozen=True)
class Identity:
    """An identity: an ARN in AWS, an email address in Google Cloud (empty if not known); and its source."""

    who: str
    source: str
    account: str = ""
    """The id of the AWS account."""


def aws_operator(clouds: Clouds) -> Identity:
    """Return the operator's caller identity in AWS. Raises CloudError."""
    caller = clouds.aws.caller(SHORT)
    return Identity(str(caller["Arn"]), aws_credentials.source(clouds.environ).title, str(caller["Account"]))


def google_operator(clouds: Clouds) -> Identity:
    """Return the operator's Google account, once Google has accepted the credentials.

    Raises CloudError: NoCredentials if there are none, ExpiredCredentials and RefusedCredentials if they do not work.
    """
    operator = clouds.google.operator
    clouds.google.token()  # refreshes it: a key that was deleted is still in its file
    for name in ("service_account_email", "account"):
        email = getattr(operator.credentials, name, None)
        if isinstance(email, str) and "@" in email:
            return Identity(email, operator.source)
    return Identity(_email_of_token(clouds) or _configured(clouds.environ, operator.source), operator.source)


def _email_of_token(clouds: Clouds) -> str:
    """Return the email address of the token; empty if the scopes of the token do not include it.

    Raises RefusedCredentials for a token that Google does not accept.
    """
    try:
        return str(clouds.google.call("oauth2", "POST", "/tokeninfo", retry_for=_RETRY_FOR).get("email", ""))
    except NoCredentials:
        raise
    except CloudError as error:
        if error.status is None:
            raise
    _try(clouds)
    return ""


def _try(clouds: Clouds) -> None:
    """Make a call that every valid token can make: tokeninfo does not know those of workforce and workload identities.

    Raises RefusedCredentials. Any other answer says nothing about the token.
    """
    query = {"pageSize": 1}
    try:
        clouds.google.call("cloudresourcemanager", "GET", "/v3/projects:search", query=query, retry_for=_RETRY_FOR)
    except NoCredentials:
        raise
    except CloudError as error:
        if error.status is None:
            raise


def _configured(environ: Mapping[str, str], source: str) -> str:
    """Return the account of gcloud's configuration; empty if the credentials are not those of gcloud."""
    if source != "gcloud":
        return ""
    return environ.get("CLOUDSDK_CORE_ACCOUNT") or gcloud_files.setting(environ, "core", "account")
