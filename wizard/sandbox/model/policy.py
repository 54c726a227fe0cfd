"""IAM policies: stored at once, enforced later, evaluated by member, role and condition."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from wizard.federation import principals
from wizard.sandbox.google.errors import JSON, concurrent_change, invalid

from .callers import Caller
from .roles import role_table

NEVER_SET = "ACAB"
"""The etag of a policy that was never set (recorded)."""


@dataclass(frozen=True)
class Binding:
    """One role, its members, and the condition (title, expression, description), if any."""

    role: str
    members: tuple[str, ...]
    condition: JSON = field(default=None, hash=False)

    def document(self, with_condition: bool) -> JSON:
        """The JSON form; without its condition the role's name tells of it, as for clients of version 1."""
        if not self.condition:
            return {"role": self.role, "members": list(self.members)}
        if with_condition:
            return {"role": self.role, "members": list(self.members), "condition": self.condition}
        digest = sha256(repr(self.condition).encode()).hexdigest()[:20]
        return {"role": f"{self.role}_withcond_{digest}", "members": list(self.members)}


@dataclass(frozen=True)
class Access:
    """One question to a policy: may this caller do this now, on that resource (attributes for conditions)?"""

    caller: Caller | None
    permission: str
    now: datetime
    resource: Mapping[str, str] = field(default_factory=dict)


class PolicyStore:
    """The policy of one resource, with what is enforced of it."""

    def __init__(self) -> None:
        self._bindings: tuple[Binding, ...] = ()
        self._stamp = 0
        self._enforced: list[tuple[datetime | None, tuple[Binding, ...]]] = [(None, ())]

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """The bindings as stored, enforced or not."""
        return self._bindings

    @property
    def members(self) -> frozenset[str]:
        """Everybody whom a stored binding names."""
        return frozenset(member for binding in self._bindings for member in binding.members)

    @property
    def etag(self) -> str:
        """The etag, base64; a fixed one while the policy was never set."""
        return base64.b64encode(b"\x07" + self._stamp.to_bytes(7, "big")).decode() if self._stamp else NEVER_SET

    def seed(self, bindings: tuple[Binding, ...], now: datetime) -> None:
        """Begin with these bindings, enforced already."""
        self._bindings = bindings
        self._stamp = _micros(now)
        self._enforced = [(None, bindings)]

    def get(self, requested_version: int = 0) -> JSON:
        """The policy as getIamPolicy answers it; conditions are shown to those who ask for version 3."""
        if requested_version not in (0, 1, 3):
            raise invalid(f"Requested policy version {requested_version} is not supported.")
        if not self._stamp:
            return {"etag": NEVER_SET}
        conditional = requested_version == 3 and any(binding.condition for binding in self._bindings)
        document: dict[str, JSON] = {"version": 3 if conditional else 1, "etag": self.etag}
        if self._bindings:
            document["bindings"] = [each.document(requested_version == 3) for each in self._bindings]
        return document

    def set(self, bindings: tuple[Binding, ...], etag: str | None, now: datetime, propagation: float) -> JSON:
        """Store the bindings, to be enforced `propagation` seconds from now; the policy as stored.

        Raises GoogleError 409 ABORTED when the etag is stale. No etag overwrites whatever is there.
        """
        if etag and not _same_etag(etag, self.etag):
            raise concurrent_change()
        self._bindings = bindings
        self._stamp = max(_micros(now), self._stamp + 1)
        self._enforced = [*self._in_force_or_coming(now), (now + timedelta(seconds=propagation), bindings)]
        return self.get(requested_version=3)

    def rename(self, member: str, other: str, now: datetime) -> None:
        """Let a member be called otherwise, at once and wherever it is, as when a service account is deleted."""
        if any(member in binding.members for binding in self._bindings):
            self._stamp = max(_micros(now), self._stamp + 1)
        self._bindings = _renamed(self._bindings, member, other)
        self._enforced = [(since, _renamed(bindings, member, other)) for since, bindings in self._enforced]

    def grants(self, access: Access) -> bool:
        """Whether a binding that is enforced by now gives the caller the permission."""
        return any(_gives(binding, access) for binding in self._in_force_or_coming(access.now)[0][1])

    def _in_force_or_coming(self, now: datetime) -> list[tuple[datetime | None, tuple[Binding, ...]]]:
        """The enforced bindings first, then those that wait for their time."""
        past = [each for each in self._enforced if each[0] is None or each[0] <= now]
        return [past[-1], *(each for each in self._enforced if each[0] is not None and each[0] > now)]


def _renamed(bindings: tuple[Binding, ...], member: str, other: str) -> tuple[Binding, ...]:
    return tuple(
        replace(binding, members=tuple(sorted(other if each == member else each for each in binding.members)))
        for binding in bindings
    )


def _gives(binding: Binding, access: Access) -> bool:
    return (
        role_table().contains(binding.role, access.permission)
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
    """Whether the condition is true; one that the sandbox cannot evaluate does not grant."""
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
    """Etags are bytes: a client may encode them anew, in either alphabet and without padding."""
    return _decoded(one) == _decoded(other)


def _decoded(etag: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(etag.replace("+", "-").replace("/", "_") + "=" * (-len(etag) % 4))
    except ValueError:
        return etag.encode()
