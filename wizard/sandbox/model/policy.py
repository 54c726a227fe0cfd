"""IAM policies: stored at once, enforced later, evaluated by member, role and condition."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from wizard.federation import principals
from wizard.sandbox.json_value import JSON

from .callers import Caller
from .refusals import StaleEtagError
from .roles import role_table

NEVER_SET = "ACAB"
"""The etag of a policy that was never set (recorded)."""


@dataclass(frozen=True)
class Binding:
    """One role, its members, and the condition (title, expression, description), if any."""

    role: str
    members: tuple[str, ...]
    condition: JSON = field(default=None, hash=False)


def _predefined(role: str, permission: str) -> bool:
    return role_table().contains(role, permission)


@dataclass(frozen=True)
class Access:
    """One question to a policy: does the caller have the permission now, on a resource with these attributes?

    `contains` tells whether a role contains a permission; by default only predefined roles are known.
    """

    caller: Caller | None
    permission: str
    now: datetime
    resource: Mapping[str, str] = field(default_factory=dict)
    contains: Callable[[str, str], bool] = _predefined


class PolicyStore:
    """The policy of one resource: what is stored, and what of it is enforced by now."""

    def __init__(self) -> None:
        self._bindings: tuple[Binding, ...] = ()
        self._stamp = 0
        self._enforced: list[tuple[datetime | None, tuple[Binding, ...]]] = [(None, ())]
        self.audit_configs: list[JSON] = []
        """What is audited, as it was written; it grants nothing."""

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """The bindings as stored, enforced or not."""
        return self._bindings

    @property
    def was_set(self) -> bool:
        """Whether the policy was ever set."""
        return self._stamp > 0

    @property
    def members(self) -> frozenset[str]:
        """Every member that a stored binding names."""
        return frozenset(member for binding in self._bindings for member in binding.members)

    @property
    def conditional(self) -> bool:
        """Whether a stored binding has a condition."""
        return any(binding.condition for binding in self._bindings)

    def holders(self, role: str) -> frozenset[str]:
        """The members that have the role without a condition."""
        plain = (binding for binding in self._bindings if binding.role == role and not binding.condition)
        return frozenset(member for binding in plain for member in binding.members)

    @property
    def etag(self) -> str:
        """The etag, base64; a fixed one while the policy was never set."""
        return base64.b64encode(b"\x07" + self._stamp.to_bytes(7, "big")).decode() if self.was_set else NEVER_SET

    def seed(self, bindings: tuple[Binding, ...], now: datetime) -> None:
        """Start with these bindings, already enforced."""
        self._bindings = bindings
        self._stamp = _micros(now)
        self._enforced = [(None, bindings)]

    def set(self, bindings: tuple[Binding, ...], etag: str | None, now: datetime, propagation: float) -> None:
        """Store the bindings, to be enforced `propagation` seconds from now.

        Raises StaleEtagError when the policy has changed since. Without an etag, whatever is stored is overwritten.
        """
        self.check(etag)
        self._bindings = bindings
        self._stamp = max(_micros(now), self._stamp + 1)
        self._enforced = [*self._in_force_or_coming(now), (now + timedelta(seconds=propagation), bindings)]

    def check(self, etag: str | None) -> None:
        """Raise StaleEtagError when an etag is given, and is not the policy's own."""
        if etag and not _same_etag(etag, self.etag):
            raise StaleEtagError("There were concurrent policy changes.")

    def rename(self, member: str, other: str, now: datetime) -> None:
        """Rename a member in every binding, enforced at once, as when a service account is deleted."""
        if any(member in binding.members for binding in self._bindings):
            self._stamp = max(_micros(now), self._stamp + 1)
        self._bindings = _renamed(self._bindings, member, other)
        self._enforced = [(since, _renamed(bindings, member, other)) for since, bindings in self._enforced]

    def grants(self, access: Access) -> bool:
        """Whether a binding that is enforced by now gives the caller the permission."""
        return any(_gives(binding, access) for binding in self._in_force_or_coming(access.now)[0][1])

    def _in_force_or_coming(self, now: datetime) -> list[tuple[datetime | None, tuple[Binding, ...]]]:
        """The enforced bindings first, then those that are not enforced yet."""
        past = [each for each in self._enforced if each[0] is None or each[0] <= now]
        return [past[-1], *(each for each in self._enforced if each[0] is not None and each[0] > now)]


def _renamed(bindings: tuple[Binding, ...], member: str, other: str) -> tuple[Binding, ...]:
    return tuple(
        replace(binding, members=tuple(sorted(other if each == member else each for each in binding.members)))
        for binding in bindings
    )


def _gives(binding: Binding, access: Access) -> bool:
    return (
        access.contains(binding.role, access.permission)
        and any(includes(member, access.caller) for member in binding.members)
        and (not binding.condition or _holds(binding.condition, access))
    )


def includes(member: str, caller: Caller | None) -> bool:
    """Whether a policy member stands for the caller (None: not authenticated).

    Groups never do (the sandbox has none), deleted members never do, and allAuthenticatedUsers leaves federated
    identities out (IAM documentation, "Principal identifiers").
    """
    if member == "allUsers":
        return True
    if caller is None:
        return False
    if member == "allAuthenticatedUsers":
        return caller.kind != "federated"
    if caller.identity is not None:
        return principals.admits(member, caller.identity)
    kind, _, who = member.partition(":")
    if kind == "domain":
        return caller.kind == "user" and caller.email.lower().endswith("@" + who.lower())
    return member.lower() == caller.member.lower()


def _holds(condition: Mapping[str, Any], access: Access) -> bool:
    """Whether the condition is true; a condition that the sandbox cannot evaluate does not grant."""
    from wizard.federation.mapping import ExpressionError, PolicyCondition  # compiles CEL: not needed to start

    context: dict[str, Any] = {"request.time": access.now}
    context.update({f"resource.{key}": value for key, value in access.resource.items()})
    try:
        return PolicyCondition(str(condition.get("expression", ""))).evaluate(context)
    except ExpressionError:
        return False


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _same_etag(one: str, other: str) -> bool:
    """Etags are bytes: a client may encode them again, in either alphabet and without padding."""
    return _decoded(one) == _decoded(other)


def _decoded(etag: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(etag.replace("+", "-").replace("/", "_") + "=" * (-len(etag) % 4))
    except ValueError:
        return etag.encode()
