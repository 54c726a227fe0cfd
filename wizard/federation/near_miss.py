"""Near misses: a member of a policy, or a value in a condition, that almost names the workload's role."""

from __future__ import annotations

import re
from typing import Literal

from wizard.federation.principals import FederatedIdentity

ValueMiss = Literal["iam", "path", "session", "account", "partition", "short", "long", "case", "spelling"]
MemberMiss = ValueMiss | Literal["project-id", "project", "pool", "unmapped", "scheme"]

_ROLE = re.compile(
    r"arn:(?P<partition>[^:/]+):(?P<service>iam|sts)::(?P<account>\d*):(?P<type>role|assumed-role)/(?P<rest>.+)"
)
_MEMBER = re.compile(
    r"(?P<scheme>principal|principalSet)://iam\.googleapis\.com/projects/(?P<project>[^/]+)/locations/global/"
    r"workloadIdentityPools/(?P<pool>[^/]+)/(?P<key>subject|attribute\.[^/]+|group)/(?P<value>.+)"
)

_STRAY = " /\"'"
"""What is easily left at the ends of a value."""


def value_miss(wrong: str, right: str) -> ValueMiss | None:
    """Return how a value misses the right one, which is the value of an attribute of the workload; None if it is far.

    Both are ARNs of roles, or names of roles.
    """
    if wrong == right:
        return None
    if wrong.strip(_STRAY) == right:
        return "spelling"
    wrong_arn, right_arn = _ROLE.fullmatch(wrong), _ROLE.fullmatch(right)
    if wrong_arn and right_arn:
        return _arn_miss(wrong_arn, right_arn)
    if wrong_arn and right in wrong_arn["rest"].split("/"):
        return "long"
    if right_arn and right_arn["rest"] == wrong.strip("/").rsplit("/", 1)[-1]:
        return "short"
    return "case" if wrong.casefold() == right.casefold() else None


def member_miss(member: str, identity: FederatedIdentity) -> MemberMiss | None:
    """Return how a member of a policy misses the identity; None if it includes the identity, or is far from it."""
    match = _MEMBER.fullmatch(member)
    if not match:
        return None
    key, value = match["key"], match["value"]
    rights = _values(key, identity)
    if not rights:
        return "unmapped" if _is_close(value, identity) else None
    if value not in rights:
        return _value_miss_of(value, rights, identity)
    if match["project"] != identity.pool.project_number:
        return "project" if match["project"].isdigit() else "project-id"
    if match["pool"] != identity.pool.pool:
        return "pool"
    return "scheme" if (match["scheme"] == "principal") != (key == "subject") else None


def _value_miss_of(value: str, rights: list[str], identity: FederatedIdentity) -> MemberMiss | None:
    """Return how a value misses those that its key has for the identity, or those of other attributes."""
    others = list(identity.attributes.values())
    if value in others:
        return "scheme"
    for right in [*rights, *others]:
        miss = value_miss(value, right)
        if miss:
            return miss
    return None


def _arn_miss(wrong: re.Match[str], right: re.Match[str]) -> ValueMiss | None:
    name = right["rest"].strip("/").rsplit("/", 1)[-1]
    parts = wrong["rest"].strip("/").split("/")
    if name not in parts:
        return "case" if name.casefold() in [part.casefold() for part in parts] else None
    if wrong["account"] != right["account"]:
        return "account"
    if wrong["partition"] != right["partition"]:
        return "partition"
    if wrong["type"] == "role" and right["type"] == "assumed-role":
        return "iam"
    return "session" if parts[0] == name else "path"


def _values(key: str, identity: FederatedIdentity) -> list[str]:
    if key == "subject":
        return [identity.subject]
    if key == "group":
        return list(identity.groups)
    value = identity.attributes.get(key.removeprefix("attribute."))
    return [] if value is None else [value]


def _is_close(value: str, identity: FederatedIdentity) -> bool:
    """Return whether a value of an attribute that is not mapped almost is a value that the identity has."""
    rights = [identity.subject, *identity.attributes.values()]
    return any(value == right or value_miss(value, right) for right in rights)
