"""The credential configuration file of a workload, as gcloud writes it."""

import json
from typing import Any

from wizard.federation.identifiers import ProviderName
from wizard.language import _

JWT_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:jwt"
AWS_TOKEN_TYPE = "urn:ietf:params:aws:token-type:aws4_request"
GOOGLE_UNIVERSE = "googleapis.com"
TOKEN_LIFETIME = (600, 43200)
"""The shortest and the longest lifetime of an impersonated token that gcloud accepts, in seconds."""

_METADATA = "http://169.254.169.254/latest"


class ConfigError(ValueError):
    """The text is not a credential configuration."""


def credential_config(
    provider: ProviderName,
    *,
    service_account: str | None = None,
    token_lifetime: int | None = None,
    imdsv2: bool = False,
    aws_domain: str = "amazonaws.com",
    universe_domain: str = GOOGLE_UNIVERSE,
    sts: str = "https://sts.googleapis.com",
    iamcredentials: str = "https://iamcredentials.googleapis.com",
) -> dict[str, Any]:
    """Return the document that `gcloud iam workload-identity-pools create-cred-config PROVIDER --aws` writes.

    With `service_account`, an email address, the workload impersonates that account; its tokens expire after
    `token_lifetime` seconds (600 to 43200; None means one hour). `aws_domain` is the domain of AWS STS in the
    workload's partition. Raises ValueError for a lifetime that is out of range, or set without a service account.
    """
    document: dict[str, Any] = {
        "universe_domain": universe_domain,
        "type": "external_account",
        "audience": provider.audience,
        "subject_token_type": AWS_TOKEN_TYPE,
        "token_url": f"{sts}/v1/token",
        "credential_source": _credential_source(imdsv2, aws_domain),
    }
    if service_account is None:
        if token_lifetime is not None:
            raise ValueError(_("a token lifetime needs a service account: direct access has no lifetime setting"))
        return document | {"token_info_url": f"{sts}/v1/introspect"}
    return document | _impersonation(service_account, token_lifetime, iamcredentials)


def file_config(
    provider: ProviderName,
    file: str,
    *,
    service_account: str | None = None,
    token_lifetime: int | None = None,
    universe_domain: str = GOOGLE_UNIVERSE,
    sts: str = "https://sts.googleapis.com",
    iamcredentials: str = "https://iamcredentials.googleapis.com",
) -> dict[str, Any]:
    """Return what `gcloud ... create-cred-config PROVIDER --credential-source-file=FILE` writes, with the type text.

    The file has a JWT. For the others, and for ValueError, see `credential_config`.
    """
    document: dict[str, Any] = {
        "universe_domain": universe_domain,
        "type": "external_account",
        "audience": provider.audience,
        "subject_token_type": JWT_TOKEN_TYPE,
        "token_url": f"{sts}/v1/token",
        "credential_source": {"file": file, "format": {"type": "text"}},
    }
    if service_account is None:
        if token_lifetime is not None:
            raise ValueError(_("a token lifetime needs a service account: direct access has no lifetime setting"))
        return document | {"token_info_url": f"{sts}/v1/introspect"}
    return document | _impersonation(service_account, token_lifetime, iamcredentials)


def parse(text: str) -> dict[str, Any]:
    """Return the document in the text of a file. Raises ConfigError if the text is not a JSON object."""
    problem = None
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        problem = _("the file is not JSON (line {lineno}, column {colno}: {msg}): {fix_of}").format(
            lineno=error.lineno, colno=error.colno, msg=error.msg, fix_of=_fix_of(text)
        )
    except RecursionError:
        problem = _("the file is not a credential configuration: its JSON is nested too deeply")
    # Raised outside the except block, so that it does not refer to the decoder's error, which contains the whole text.
    if problem:
        raise ConfigError(problem)
    if not isinstance(document, dict):
        raise ConfigError(_("the file is not a credential configuration: it does not contain a JSON object"))
    return document


def dump(document: dict[str, Any]) -> str:
    """Return the text of the file, formatted as gcloud does, with a newline at the end."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _fix_of(text: str) -> str:
    if not text.strip():
        return _("the file is empty; generate the file again")
    if "PRIVATE KEY" in text:
        return _("the file contains a private key, which a credential configuration never contains")
    return _("generate the file again")


def _credential_source(imdsv2: bool, aws_domain: str) -> dict[str, str]:
    source = {
        "environment_id": "aws1",
        "region_url": f"{_METADATA}/meta-data/placement/availability-zone",
        "url": f"{_METADATA}/meta-data/iam/security-credentials",
        "regional_cred_verification_url": (
            f"https://sts.{{region}}.{aws_domain}?Action=GetCallerIdentity&Version=2011-06-15"
        ),
    }
    return source | ({"imdsv2_session_token_url": f"{_METADATA}/api/token"} if imdsv2 else {})


def _impersonation(service_account: str, token_lifetime: int | None, iamcredentials: str) -> dict[str, Any]:
    url = f"{iamcredentials}/v1/projects/-/serviceAccounts/{service_account}:generateAccessToken"
    if token_lifetime is None:
        return {"service_account_impersonation_url": url}
    shortest, longest = TOKEN_LIFETIME
    if not shortest <= token_lifetime <= longest:
        raise ValueError(
            _("a token lifetime must be {shortest} to {longest} seconds, not {token_lifetime}").format(
                shortest=shortest, longest=longest, token_lifetime=token_lifetime
            )
        )
    return {
        "service_account_impersonation_url": url,
        "service_account_impersonation": {"token_lifetime_seconds": token_lifetime},
    }
