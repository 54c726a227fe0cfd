"""The roles that policies grant to a member that almost is the workload, and was meant to be it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from wizard.federation import near_miss
from wizard.federation.aws_identities import RoleSessions, named_in, role_of_session
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity
from wizard.federation.spelling import is_misspelled
from wizard.language import _
from wizard.modes.granted import Granted

_MEANT = (
    "policies grant roles on {project} to {member}, which does not include the sessions of the IAM role {role}. The "
    "doctor assumes that the roles are meant for the IAM role {role}: {roles}"
)
_OF_THE_ROLE = ("iam", "path", "session", "case", "partition", "short", "long", "spelling", "project-id", "scheme")
"""The near misses that name the role itself. Members of another account or pool can be other workloads."""
_ACCOUNT = re.compile(r":(?:sts|iam)::(\d{12}):(?:assumed-)?role/", re.ASCII)


@dataclass(frozen=True)
class Meant:
    """The roles by project, and a sentence for each member that has them."""

    roles: dict[str, list[str]]
    told: tuple[str, ...]


NOTHING = Meant({}, ())


def read(
    granted: Granted,
    pool: PoolName,
    sessions: RoleSessions,
    identity: FederatedIdentity | None,
    is_missing: Callable[[str], bool],
) -> Meant:
    """Return what is meant for a role that has no roles on Google Cloud.

    `identity` is that of a session; None if the mapping gives none. `is_missing` tells for the name of a role on AWS
    whether it surely does not exist.
    """
    held = {
        member: of_member
        for member, of_member in granted.by_member().items()
        if _names(member, pool, sessions, identity)
    } or misspelled(granted, pool, sessions, is_missing)
    roles: dict[str, list[str]] = {}
    told = []
    for member, by_project in held.items():
        for project, names in by_project.items():
            roles[project] = list(dict.fromkeys([*roles.get(project, []), *names]))
            values = {"project": project, "member": member, "role": sessions.role, "roles": ", ".join(names)}
            told.append(_(_MEANT).format(**values))
    return Meant(roles, tuple(told))


def arn_in(member: str, pool: PoolName, account: str) -> str:
    """Return the ARN of a role in an account, or of its sessions, that a member of a pool has; empty if it has none."""
    value = _value(member, pool)
    return value if _ACCOUNT.findall(value) == [account] else ""


def account_in(member: str) -> str:
    """Return the AWS account in the ARN of a role that a member has; empty if it has none."""
    return next(iter(_ACCOUNT.findall(member)), "")


def _names(member: str, pool: PoolName, sessions: RoleSessions, identity: FederatedIdentity | None) -> bool:
    """Return whether a member names the role in a form that does not include its sessions."""
    kind = near_miss.member_miss(member, identity) if identity else None
    if kind in _OF_THE_ROLE or _role_in(arn_in(member, pool, sessions.account)) == sessions.role:
        return True
    return kind == "unmapped" and bool(_value(member, pool))


def misspelled(
    granted: Granted, pool: PoolName, sessions: RoleSessions, is_missing: Callable[[str], bool]
) -> dict[str, dict[str, list[str]]]:
    """Return what the only member has that names a role with almost the same name, which does not exist on AWS."""
    similar: dict[str, dict[str, list[str]]] = {}
    for member, by_project in granted.by_member().items():
        value = _value(member, pool)
        name = _role_in(value)
        of_account = set(_ACCOUNT.findall(value)) <= {sessions.account}
        if of_account and _is_misspelled(name, sessions.role) and is_missing(name):
            similar[member] = by_project
    return similar if len(similar) == 1 else {}


def _is_misspelled(name: str, role: str) -> bool:
    """Return whether a name is the role's with a typing error. Roles whose names differ in a digit can be several."""
    digits = [character for character in name if character.isdigit()]
    return is_misspelled(name, role) and digits == [character for character in role if character.isdigit()]


def _value(member: str, pool: PoolName) -> str:
    """Return the value of the attribute or of the subject that a member of the pool has; empty for other members."""
    scheme, _ignored, name = member.partition("://iam.googleapis.com/")
    if scheme not in ("principal", "principalSet") or not name.startswith(f"{pool.name}/"):
        return ""
    return name.removeprefix(f"{pool.name}/").partition("/")[2]


def _role_in(value: str) -> str:
    """Return the name of the role that a text names as an ARN or by its name; empty if it names none."""
    for identity in named_in([value], "0" * 12):
        sessions = role_of_session(identity.arn)
        if sessions:
            return sessions.role
    return ""
