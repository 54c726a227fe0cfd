"""The query parameters that every API of Google takes, and the refusal of those that nobody knows.

Source: "System parameters" of Google Cloud APIs, and the parameters that each discovery document lists.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.refusals import UnknownFieldError

from .camel_case import camel_case
from .errors import answer_to, invalid, lacking, unbound

STANDARD = frozenset(
    (
        *("access_token", "alt", "callback", "fields", "key", "oauth_token", "prettyPrint", "quotaUser", "userIp"),
        *("bearer_token", "pp", "trace", "uploadType", "upload_protocol", "uploadProtocol"),
    )
)
"""The parameters without a `$`. Each name with a `$` is a system parameter (`$alt`, `$fields`, `$.xgafv`, ...)."""

SYSTEM = re.compile(r"\$\.?[A-Za-z-]+")
JSON_FORMAT = re.compile(r"json(;enum-encoding=(int|string))?")
OTHER_FORMATS = ("media", "proto", "sse")

Query = Mapping[str, Sequence[str]]


def check_parameters(query: Query, known: Collection[str]) -> None:
    """Refuse a parameter that is neither standard nor `known`, in Google's words (GoogleError 400).

    `known` is in camelCase; the spelling with underscores is taken too. A parameter such as `options.x` is known by its
    whole path.
    """
    for name in query:
        if name in STANDARD or SYSTEM.fullmatch(name) or camel_case(name) in known:
            continue
        raise unbound(
            f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
            f"Field '{name}' could not be found in request message."
        )


def check_body(body: JSON, known: Collection[str] | None) -> None:
    """Refuse a field at the top of a JSON body that is not `known`, in Google's words (GoogleError 400)."""
    if known is None or not isinstance(body, dict):
        return
    for name in body:
        if camel_case(name) not in known:
            raise answer_to(UnknownFieldError(name))


def check_format(query: Query) -> None:
    """Refuse a format of the answer that the sandbox does not have (501), or that nobody has (400)."""
    wanted = standard(query, "alt") or "json"
    if JSON_FORMAT.fullmatch(wanted):
        return
    if wanted in OTHER_FORMATS:
        raise lacking(f"answer in the format {wanted}")
    raise invalid(f"Invalid value for the parameter alt: {wanted}")


def standard(query: Query, name: str) -> str:
    """The value of a standard parameter, which may have a `$`: empty when it is not there."""
    for spelling in (f"${name}", name):
        if query.get(spelling):
            return query[spelling][-1]
    return ""


def is_off(query: Query, name: str) -> bool:
    """Whether a parameter that is on by default, such as `prettyPrint`, is switched off."""
    return standard(query, name).lower() in ("false", "0")
