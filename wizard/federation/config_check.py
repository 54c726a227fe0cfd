"""Checks a credential configuration, before any client uses the addresses in it.

The file contains no secret, but clients send tokens to the hosts that it names.
Source: https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds#security-considerations
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from wizard.federation.credential_config import AWS_TOKEN_TYPE, TOKEN_LIFETIME
from wizard.federation.identifiers import IAM_HOST, AudienceError, ProviderName

_METADATA_HOSTS = {"169.254.169.254", "fd00:ec2::254", "localhost", "127.0.0.1", "::1"}
_IMPERSONATION = "/v1/projects/-/serviceAccounts/{email}:generateAccessToken"
_IMPERSONATION_PATH = re.compile(_IMPERSONATION.format(email=r"[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com") + "$")
_VERIFICATION_HOST = re.compile(r"sts(\.(\{region\}|[a-z0-9-]+))?\.amazonaws\.(com|com\.cn|eu)")
_GOOGLE_HOSTS = (
    r"([a-z0-9-]+\.)?{}\.googleapis\.com",  # global, or REGION.sts
    r"{}\.[a-z0-9-]+(\.rep)?\.googleapis\.com",  # sts.mtls, sts.REGION.rep
    r"[a-z0-9-]+-{}\.googleapis\.com",
    r"{}-[a-z0-9-]+\.p\.googleapis\.com",  # Private Service Connect
)
_GENERATE = "generate the file again"

_OTHER_TYPES = {
    "service_account": (
        "this is a service account key, the long-lived secret that federation replaces, not a credential configuration",
        "generate a credential configuration for the workload, and delete the key when the live test passes",
    ),
    "authorized_user": (
        "these are user credentials (gcloud auth application-default login), not a credential configuration",
        "use the credential configuration of the workload",
    ),
}


@dataclass(frozen=True)
class Problem:
    """A problem of a credential configuration: its place in the document, what is wrong, and the fix."""

    where: str
    what: str
    fix: str

    def __str__(self) -> str:
        """Return all three in one line."""
        return f"{self.where}: {self.what}; {self.fix}"


def find_problems(document: object, *, allowed_hosts: Collection[str] = ()) -> list[Problem]:
    """Return all problems of a configuration for an AWS workload. The list is empty if it is safe to use.

    `allowed_hosts` are hosts ("127.0.0.1" or "127.0.0.1:8080") to which clients can send tokens, in addition to
    Google's. For them, http is accepted too, and any universe domain if token_url names one of them.
    """
    if not isinstance(document, Mapping):
        return [Problem("file", "the document is not a JSON object", _GENERATE)]
    if document.get("type") != "external_account":
        return [_wrong_type(document.get("type"))]
    problems = [_audience(document.get("audience")), _token_type(document), _universe(document, allowed_hosts)]
    problems += [_google_url(document, key, service, allowed_hosts) for key, service in _google_urls(document)]
    problems += [_impersonated_account(document), *_lifetime(document), *_source(document, allowed_hosts)]
    return [problem for problem in problems if problem]


def _wrong_type(kind: object) -> Problem:
    if isinstance(kind, str) and kind in _OTHER_TYPES:
        return Problem("type", *_OTHER_TYPES[kind])
    return Problem("type", f'the type is {kind!r}, not "external_account"', _GENERATE)


def _audience(audience: object) -> Problem | None:
    if not isinstance(audience, str):
        return Problem("audience", "the audience is missing", f"write {IAM_HOST}projects/NUMBER/...")
    if audience.startswith("projects/"):
        return Problem("audience", "the audience does not start with its host", f"write {IAM_HOST}{audience}")
    try:
        ProviderName.parse(audience)
    except AudienceError as error:
        return Problem("audience", error.what, error.fix)
    return None


def _token_type(document: Mapping[str, Any]) -> Problem | None:
    if document.get("subject_token_type") == AWS_TOKEN_TYPE:
        return None
    what = f"the subject token type is {document.get('subject_token_type')!r}, which is not AWS's"
    return Problem("subject_token_type", what, f"write {AWS_TOKEN_TYPE}")


def _universe(document: Mapping[str, Any], allowed_hosts: Collection[str]) -> Problem | None:
    universe = document.get("universe_domain", "googleapis.com")
    address = _split(document.get("token_url"))
    if universe == "googleapis.com" or (address and _is_allowed(address, allowed_hosts)):
        return None
    what = f"the universe domain is {universe!r}: clients would send all API calls, with their tokens, to it"
    return Problem("universe_domain", what, "write googleapis.com")


def _google_urls(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    optional = (("token_info_url", "sts"), ("service_account_impersonation_url", "iamcredentials"))
    return [("token_url", "sts"), *(pair for pair in optional if pair[0] in document)]


def _google_url(document: Mapping[str, Any], key: str, service: str, allowed_hosts: Collection[str]) -> Problem | None:
    """Return a problem unless the URL is that of the Google service: global, regional, or a private endpoint."""
    address = _split(document.get(key))
    if address is None:
        return Problem(key, f"{document.get(key)!r} is not a URL", _GENERATE)
    if _is_allowed(address, allowed_hosts):
        return None
    host = address.hostname or ""
    if not any(re.fullmatch(form.format(service), host) for form in _GOOGLE_HOSTS):
        return Problem(key, f'clients would send tokens to "{host}"', f"write https://{service}.googleapis.com/...")
    if address.scheme != "https" or address.port not in (None, 443):
        return Problem(key, f"{document[key]} does not use https on port 443", f"write https://{host}/...")
    return None


def _impersonated_account(document: Mapping[str, Any]) -> Problem | None:
    key = "service_account_impersonation_url"
    address = _split(document.get(key))
    if address is None or _IMPERSONATION_PATH.search(address.path):
        return None
    what = f'"{address.path}" does not name a service account by its e-mail address'
    return Problem(key, what, "end it with " + _IMPERSONATION.format(email="NAME@PROJECT.iam.gserviceaccount.com"))


def _lifetime(document: Mapping[str, Any]) -> list[Problem]:
    options = document.get("service_account_impersonation")
    if options is None:
        return []
    where = "service_account_impersonation.token_lifetime_seconds"
    lifetime = options.get("token_lifetime_seconds", 3600) if isinstance(options, Mapping) else None
    shortest, longest = TOKEN_LIFETIME
    if isinstance(lifetime, int) and not isinstance(lifetime, bool) and shortest <= lifetime <= longest:
        return []
    fix = f"write a number of seconds from {shortest} to {longest}"
    return [Problem(where, f"{lifetime!r} is not a valid lifetime", fix)]


def _source(document: Mapping[str, Any], allowed_hosts: Collection[str]) -> list[Problem | None]:
    source = document.get("credential_source")
    if not isinstance(source, Mapping):
        return [Problem("credential_source", "the credential source is missing", _GENERATE)]
    if "executable" in source:
        what = "the file names a program, which each application that uses the file would run"
        return [Problem("credential_source.executable", what, "remove it: an AWS workload does not need it")]
    keys = ("region_url", "url", "imdsv2_session_token_url")
    return [
        _environment(source.get("environment_id")),
        _verification(source.get("regional_cred_verification_url")),
        *(_metadata_url(key, source[key], allowed_hosts) for key in keys if key in source),
    ]


def _environment(environment: object) -> Problem | None:
    if environment == "aws1":
        return None
    return Problem("credential_source.environment_id", f"{environment!r} is not supported", "write aws1")


def _verification(url: object) -> Problem | None:
    where = "credential_source.regional_cred_verification_url"
    fix = "write https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
    address = _split(url)
    if address is None:
        return Problem(where, "the URL is missing or not valid", fix)
    if address.scheme != "https" or not _VERIFICATION_HOST.fullmatch(address.netloc):
        return Problem(where, f"{url} is not an https URL of AWS STS", fix)
    return None


def _metadata_url(key: str, url: object, allowed_hosts: Collection[str]) -> Problem | None:
    """Return a problem unless the URL, from which clients read AWS credentials, is on the workload's own machine."""
    address = _split(url)
    if address and (address.hostname in _METADATA_HOSTS or _is_allowed(address, allowed_hosts)):
        return None
    fix = "write a URL that starts with http://169.254.169.254, as gcloud does"
    return Problem(f"credential_source.{key}", f"{url!r} is not the instance metadata service", fix)


def _is_allowed(address: SplitResult, allowed_hosts: Collection[str]) -> bool:
    return address.hostname in allowed_hosts or address.netloc in allowed_hosts


def _split(url: object) -> SplitResult | None:
    """Split a plain http(s) URL. Returns None for other texts, and for URLs that parsers read in different ways."""
    if not isinstance(url, str) or not re.fullmatch(r"[\x21-\x7e]+", url) or "\\" in url or "#" in url:
        return None
    try:
        address = urlsplit(url)
        usable = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:
        return None
    return address if usable and "@" not in address.netloc else None
