"""Which cloud a host name belongs to.

Sources: "Google APIs Explorer" and the locational endpoints of the Security Token Service; "AWS service endpoints".
"""

from __future__ import annotations

import re

_LABEL = r"[a-z0-9-]+"
_GOOGLE = re.compile(rf"(?P<api>{_LABEL})(\.{_LABEL}\.rep)?\.googleapis\.com")
_AWS = re.compile(rf"({_LABEL}\.)+(amazonaws\.com|amazonaws\.com\.cn|api\.aws|amazonaws\.eu)")
_SHARED = re.compile(r"/(?P<api>bigquery|oauth2|container|iam)/")
"""On www.googleapis.com, the path begins with the name of the API."""


def google_api(host: str, path: str) -> str:
    """The API of a host of Google, such as `iam`; empty for a host that is not Google's.

    The shared host www.googleapis.com has several APIs, told apart by the path.
    """
    if host == "accounts.google.com":
        return "accounts"
    named = _GOOGLE.fullmatch(host)
    if named is None:
        return ""
    if named["api"] == "www" and (shared := _SHARED.match(path)):
        return shared["api"]
    return named["api"]


def is_aws(host: str) -> bool:
    """Whether the host is an endpoint of AWS, in any partition: regional, FIPS and dual-stack ones too."""
    return _AWS.fullmatch(host) is not None


def matches(host: str, names: tuple[str, ...]) -> bool:
    """Whether a host is one of the names, or below one."""
    return any(host == name or host.endswith(f".{name}") for name in names)
