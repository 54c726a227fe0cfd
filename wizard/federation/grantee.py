"""The attribute of a role's sessions that a grant can name: computed from the mapping, never assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.federation import principals
from wizard.federation.aws_identities import Identity, RoleSessions
from wizard.federation.conditions import Listed
from wizard.federation.gate import Gate
from wizard.federation.identifiers import PoolName
from wizard.federation.mapping import ExpressionError, Mapped
from wizard.federation.principals import FederatedIdentity
from wizard.language import _

_SUBJECT = "google.subject"
_ROLE = "attribute.aws_role"

NO_ATTRIBUTE = (
    "the attribute mapping defines no attribute that is the same for every session of the role {role} and different "
    "for other roles, so a grant cannot name the role. Attributes of this mapping: {attributes}"
)
CHANGES = "{key} contains the name of the session"
SHARED = "{key} has the same value for other roles"
EMPTY = "{key} is empty"


class NoGrantee(ValueError):  # noqa: N818 (named after the problem)
    """The mapping has no attribute by which a grant can name the role. The message says why, for the user."""


@dataclass(frozen=True)
class Grantee:
    """The value by which grants and conditions name the role. `key` is "google.subject" or "attribute.NAME"."""

    key: str
    value: str
    exact: bool
    """Whether no other identity that was tried has this value."""

    def member(self, pool: PoolName) -> str:
        """Return the member for policies."""
        if self.key == _SUBJECT:
            return principals.principal(pool, self.value)
        return principals.principal_set(pool, self.key.removeprefix("attribute."), self.value)


def grantee(mapping: Mapping[str, str], sessions: RoleSessions) -> Grantee:
    """Return what names the role with this mapping: attribute.aws_role if possible, else another stable attribute.

    Raises NoGrantee, and ExpressionError if the mapping does not compile or cannot map the role's sessions.
    """
    gate = Gate(mapping)
    mapped = [gate.map(identity) for identity in sessions.identities()]
    keys = sorted(mapping, key=lambda key: (key != _ROLE, key == _SUBJECT))
    problems = []
    for key in keys:
        if key == "google.groups":
            continue
        problem = _problem(key, mapped, gate, sessions)
        if problem is None:
            return Grantee(key, _value(mapped[0], key), _is_exact(gate, key, _value(mapped[0], key), sessions))
        problems.append(problem.format(key=key))
    raise NoGrantee(_(NO_ATTRIBUTE).format(role=sessions.role, attributes=", ".join(problems)))


def members_of_role(mapping: Mapping[str, str], sessions: RoleSessions, pool: PoolName) -> set[str]:
    """Return every member of a policy that includes all sessions of the role; none if the mapping cannot map them."""
    try:
        gate = Gate(mapping)
        mapped = [gate.map(identity) for identity in sessions.identities()]
    except ExpressionError:
        return set()
    identities = [FederatedIdentity(pool, each.subject, each.groups, each.attributes) for each in mapped]
    return set.intersection(*(principals.members_of(identity) for identity in identities))


def members_admitted(mapping: Mapping[str, str], condition: str, sessions: RoleSessions, pool: PoolName) -> set[str]:
    """Return the members of a policy that include the role now; none if the provider does not admit all sessions."""
    try:
        gate = Gate(mapping, condition)
    except ExpressionError:
        return set()
    admitted = all(gate.admits(identity) for identity in sessions.identities())
    return members_of_role(mapping, sessions, pool) if admitted else set()


def condition_of(mapping: Mapping[str, str], sessions: RoleSessions) -> str:
    """Return the condition that admits the role, and no other identity, with this mapping.

    Raises what `grantee` raises.
    """
    named = grantee(mapping, sessions)
    if named.exact and not set(named.value) & set("'\"\\\n"):
        return Listed(named.key, (named.value,)).text
    return f"assertion.arn.startsWith('{sessions.arn}/')"


def _problem(key: str, mapped: list[Mapped], gate: Gate, sessions: RoleSessions) -> str | None:
    value = _value(mapped[0], key)
    if not value:
        return _(EMPTY)
    if any(_value(other, key) != value for other in mapped):
        return _(CHANGES)
    if any(has_value(gate, key, value, identity) for identity in sessions.other_roles()):
        return _(SHARED)
    return None


def _is_exact(gate: Gate, key: str, value: str, sessions: RoleSessions) -> bool:
    return not any(has_value(gate, key, value, identity) for identity in sessions.others())


def has_value(gate: Gate, key: str, value: str, identity: Identity) -> bool:
    """Return whether the mapping gives an identity this value of "google.subject" or "attribute.NAME"."""
    try:
        return _value(gate.map(identity), key) == value
    except ExpressionError:
        return False


def _value(mapped: Mapped, key: str) -> str:
    return mapped.subject if key == _SUBJECT else mapped.attributes[key.removeprefix("attribute.")]
