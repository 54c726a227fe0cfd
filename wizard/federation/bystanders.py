"""Who gains beside the role: through other providers of the pool, or by attributes that a mapping gets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from wizard.federation import principals
from wizard.federation.aws_identities import Identity, RoleSessions, named_in
from wizard.federation.gate import Gate
from wizard.federation.grantee import Grantee, has_value
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity


@dataclass(frozen=True)
class Neighbor:
    """Another AWS provider of the same pool: its ID, its account, and what decides whom it admits."""

    provider: str
    account: str
    gate: Gate


def sharing(neighbors: Sequence[Neighbor], named: Grantee, sessions: RoleSessions) -> Iterator[tuple[str, str]]:
    """Yield a provider and an ARN for each neighbor that gives another identity the value by which the role is named.

    Members of policies name a pool, not a provider: such an identity has every role that is granted to the value.
    """
    for neighbor in neighbors:
        there = RoleSessions(neighbor.account, sessions.role, sessions.partition, sessions.names)
        tried = [*there.identities(), *there.others()]
        for identity in tried:
            is_other = not sessions.includes(identity)
            if is_other and neighbor.gate.admits(identity) and _shares(neighbor, named, identity):
                yield neighbor.provider, identity.arn
                break


def newly_included(
    before: Gate, after: Gate, sessions: RoleSessions, pool: PoolName, members: Collection[str]
) -> dict[str, str]:
    """Return the ARN of an identity other than the role that a member includes only after the change, by member."""
    tried = [*sessions.others(), *named_in(members, sessions.account, sessions.partition)]
    found: dict[str, str] = {}
    for identity in tried:
        if not sessions.includes(identity):
            gained = _members(after, identity, pool) - _members(before, identity, pool)
            for member in gained.intersection(members):
                found.setdefault(member, identity.arn)
    return found


def _shares(neighbor: Neighbor, named: Grantee, identity: Identity) -> bool:
    try:
        return has_value(neighbor.gate, named.key, named.value, identity)
    except KeyError:  # its mapping does not have the attribute
        return False


def _members(gate: Gate, identity: Identity, pool: PoolName) -> set[str]:
    """Return the members that include an identity; none if it is not admitted."""
    if not gate.admits(identity):
        return set()
    mapped = gate.map(identity)
    return principals.members_of(FederatedIdentity(pool, mapped.subject, mapped.groups, mapped.attributes))
