"""Checks a credential configuration, before any client uses the addresses in it.

The file contains no secret, but clients send tokens to the hosts that it names.
Source: https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds#security-considerations
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from wizard.federation import config_source
from wizard.federation.config_url import Problem, split
from wizard.federation.credential_config import GOOGLE_UNIVERSE, TOKEN_LIFETIME
from wizard.federation.file_kinds import FileKind, kind_of
from wizard.federation.identifiers import IAM_HOST, AudienceError, ProviderName, is_placeholder
from wizard.language import _, translated

__all__ = ["Problem", "find_problems", "is_google_url"]

_IMPERSONATION = "/v1/projects/-/serviceAccounts/{email}:generateAccessToken"
_IMPERSONATED = re.compile(r"/v1/projects/-/serviceAccounts/(?P<account>[^/:]+):(?P<method>[A-Za-z]+)")
_ACCOUNT = re.compile(r"[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com|[0-9]{15,25}")  # an email, or the unique ID
_GOOGLE_HOST = r"([a-z0-9-]+[.-])*{}([.-][a-z0-9-]+)*\.googleapis\.com"
"""A host of a Google service: global, regional (REGION-sts, sts.REGION.rep), mTLS, or Private Service Connect."""
_WORKFORCE = re.compile(r"//iam\.[a-z0-9.-]+/locations/[a-z0-9-]+/workforcePools/[^/\s]+/providers/[^/\s]+")
_GENERATE = "generate the file again"


def find_problems(document: object, *, universe: str = "") -> list[Problem]:
    """Return all problems of a credential configuration of any source. The list is empty if it is safe to use.

    `universe` is the universe domain that the operator uses, if it is not Google's own: its hosts are known then.
    """
    if not isinstance(document, Mapping):
        return [Problem("file", _("the file does not contain a JSON object"), _(_GENERATE))]
    kind = kind_of(document)
    if kind is None or not kind.is_configuration:
        return [_wrong_kind(kind, document.get("type"))]
    foreign = _universe(document, universe)
    if foreign and _is_consistent(document):
        return [foreign]  # nothing else in it can be checked
    problems = [foreign, _audience(document.get("audience"), kind, universe), config_source.token_type(document, kind)]
    problems += [_google_url(document, key, service, universe) for key, service in _google_urls(document)]
    problems += [_impersonated_account(document), *_lifetime(document)]
    problems += config_source.problems(document, kind)
    return [problem for problem in problems if problem]


def is_google_url(url: object, service: str) -> bool:
    """Return whether a URL is one of a Google service ("sts"), over https."""
    return _google_url({"": url}, "", service) is None


def _wrong_kind(kind: FileKind | None, declared: object) -> Problem:
    if kind:
        code = "WIF0103" if kind.name == "service_account" else "WIF0111"
        return Problem(
            "type",
            _("the file is not a credential configuration (found: {title})").format(title=translated(kind.title)),
            translated(kind.advice),
            code,
        )
    return Problem(
        "type", _('the type is {declared!r}, not "external_account"').format(declared=declared), _(_GENERATE)
    )


def _audience(audience: object, kind: FileKind, universe: str) -> Problem | None:
    if not isinstance(audience, str):
        return Problem(
            "audience",
            _("the audience is missing"),
            _("write {wanted}").format(wanted=f"{IAM_HOST}projects/NUMBER/..."),
        )
    if audience.startswith("projects/"):
        what = _("the audience does not start with a host")
        return Problem("audience", what, _("write {wanted}").format(wanted=f"{IAM_HOST}{audience}"), "WIF0106")
    if kind.name == "workforce" and _WORKFORCE.fullmatch(audience):
        return None
    own_host = f"//iam.{universe}/"
    try:
        ProviderName.parse(IAM_HOST + audience.removeprefix(own_host) if audience.startswith(own_host) else audience)
    except AudienceError as error:
        return Problem("audience", error.what, error.fix, _code_of_audience(error))
    return None


def _code_of_audience(error: AudienceError) -> str:
    if error.is_pool:
        return "WIF0107"
    return "WIF0108" if error.project and not error.is_placeholder else "WIF0106"


def _universe(document: Mapping[str, Any], own: str) -> Problem | None:
    universe = document.get("universe_domain", GOOGLE_UNIVERSE)
    if universe in (GOOGLE_UNIVERSE, own):
        return None
    what = _(
        "the universe domain is {universe!r}: clients would send all API calls, with their tokens, to this domain"
    ).format(universe=universe)
    if not _is_consistent(document):
        return Problem("universe_domain", what, _("write {wanted}").format(wanted=GOOGLE_UNIVERSE), "WIF0119")
    fix = _(
        "if your projects are in this universe, set CLOUDSDK_CORE_UNIVERSE_DOMAIN={universe}; otherwise, do not "
        "use the file"
    ).format(universe=universe)
    return Problem("universe_domain", what, fix, "WIF0119")


def _is_consistent(document: Mapping[str, Any]) -> bool:
    """Return whether the file is for another universe as a whole: its token service is there too."""
    address = split(document.get("token_url"))
    return bool(address and (address.hostname or "").endswith(f".{document.get('universe_domain')}"))


def _google_urls(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "token_url", "sts"
    for key, service in (("token_info_url", "sts"), ("service_account_impersonation_url", "iamcredentials")):
        if key in document:
            yield key, service


def _google_url(document: Mapping[str, Any], key: str, service: str, universe: str = "") -> Problem | None:
    """Return a problem unless the URL is that of the Google service: global, regional, or a private endpoint."""
    address = split(document.get(key))
    if address is None:
        code = "WIF0115" if service == "sts" else "WIF0114"
        return Problem(key, _("{url!r} is not a URL").format(url=document.get(key)), _(_GENERATE), code)
    host = address.hostname or ""
    is_known = re.fullmatch(_GOOGLE_HOST.format(service), host) or (universe and host == f"{service}.{universe}")
    if not is_known:
        what = _('clients would send tokens to "{host}"').format(host=host)
        return Problem(key, what, _("write {wanted}").format(wanted=f"https://{service}.googleapis.com/..."), "WIF0109")
    if address.scheme != "https" or address.port not in (None, 443):
        what = _("{document} does not use https on port 443").format(document=document[key])
        return Problem(key, what, _("write {wanted}").format(wanted=f"https://{host}/..."), "WIF0109")
    return None


def _impersonated_account(document: Mapping[str, Any]) -> Problem | None:
    key = "service_account_impersonation_url"
    address = split(document.get(key))
    if address is None:
        return None
    path = unquote(address.path)
    named = _IMPERSONATED.search(path)
    if named and named["method"] == "generateIdToken":
        what = _(
            "the URL ends with :generateIdToken, which returns ID tokens; clients need access tokens from this URL"
        )
        fix = _(
            "end the URL with :generateAccessToken; if the application needs an ID token, it can request one itself"
        )
        return Problem(key, what, fix, "WIF0114")
    if named and is_placeholder(named["account"]):
        what = _("{account} is a placeholder that was not replaced").format(account=named["account"])
        return Problem(key, what, _("write the email address of the service account"), "WIF0114")
    if named and named["method"] == "generateAccessToken" and _ACCOUNT.fullmatch(named["account"]):
        return None
    what = _('"{path}" does not name a service account by its email address').format(path=address.path)
    fix = _("end the URL with {path}").format(path=_IMPERSONATION.format(email="NAME@PROJECT.iam.gserviceaccount.com"))
    return Problem(key, what, fix, "WIF0114")


def _lifetime(document: Mapping[str, Any]) -> list[Problem]:
    options = document.get("service_account_impersonation")
    if options is None:
        return []
    where = "service_account_impersonation.token_lifetime_seconds"
    lifetime = options.get("token_lifetime_seconds", 3600) if isinstance(options, Mapping) else None
    shortest, longest = TOKEN_LIFETIME
    if isinstance(lifetime, int) and not isinstance(lifetime, bool) and shortest <= lifetime <= longest:
        return []
    fix = _("write a number of seconds from {shortest} to {longest}").format(shortest=shortest, longest=longest)
    return [Problem(where, _("{lifetime!r} is not a valid lifetime").format(lifetime=lifetime), fix, "WIF0117")]
