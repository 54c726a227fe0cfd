"""What policies grant to members that almost are the sessions of a role, beside what the role has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from wizard.federation import near_miss
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.principals import FederatedIdentity
from wizard.language import _
from wizard.modes.aws.live import meant, near_misses
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.modes.aws.live.role_facts import role_facts
from wizard.modes.granted import Granted
from wizard.modes.near_grants import near_grant
from wizard.modes.opened import NearGrant

_MISSPELLED = "WIF0512"
_MISSPELLED_NAME = (
    "the policy grants access to {member}, whose name differs from the name of the IAM role {role} only by a typo. "
    "No IAM role has the misspelled name"
)


@dataclass(frozen=True)
class Workload:
    """A role on AWS that has the roles `held`, by project ID. `identity` is that of its sessions."""

    sessions: RoleSessions
    identity: FederatedIdentity
    provider: ProviderFacts | None
    held: Mapping[str, list[str]]


def find(
    workload: Workload, granted: Granted, is_missing: Callable[[str], bool], accepts: Callable[[str], bool]
) -> Iterator[NearGrant]:
    """Yield what is granted to members that miss the workload.

    `is_missing` tells for the name of a role whether it surely does not exist on AWS. `accepts` tells for an AWS
    account whether the pool has a provider for it: then a member of this account is another workload.
    """
    by_member, own = granted.by_member(), ""
    for member, code, told in _misses(workload, granted, is_missing, accepts):
        own = own or role_facts(_arn(workload.sessions), workload.provider, workload.identity).grantee
        for project, roles in by_member[member].items():
            for role in dict.fromkeys(roles):
                if role not in workload.held.get(project, ()):
                    yield near_grant(role, project, own, code, told)


def _misses(
    workload: Workload, granted: Granted, is_missing: Callable[[str], bool], accepts: Callable[[str], bool]
) -> Iterator[tuple[str, str, str]]:
    """Yield each member that misses the workload, with the code and a sentence about the difference."""
    sessions, identity = workload.sessions, workload.identity
    typing_errors = meant.misspelled(granted, identity.pool, sessions, is_missing)
    for member in granted.by_member():
        kind = near_miss.member_miss(member, identity)
        if member in typing_errors:
            yield member, _MISSPELLED, _(_MISSPELLED_NAME).format(member=member, role=sessions.role)
        elif kind and not (kind == "account" and accepts(meant.account_in(member))):
            yield (member, *near_misses.explained(kind, member))


def _arn(sessions: RoleSessions) -> str:
    return f"arn:{sessions.partition}:sts::{sessions.account}:assumed-role/{sessions.role}/session"
