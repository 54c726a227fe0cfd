"""The AWS identities on which mappings and conditions are tried: sessions of a role, and others of its account.

A condition says what it admits only when it is evaluated. The identities here are the ones that tell conditions
apart: those that look like the role to a condition that compares too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wizard.federation.aws import assumed_role_arn, aws_assertion, role_attribute

SESSIONS = ("0123456789abcdef" * 2, "0" * 32, "f" * 32)
"""Role session names as long as the ID of an ECS task. No character is in all of them."""

_SESSION = re.compile(r"arn:(?P<partition>[^:]+):sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/(?P<name>.+)")
_ROLE_ID, _USER_ID = "AROAEXAMPLEID", "AIDAEXAMPLEID"


@dataclass(frozen=True)
class Identity:
    """An AWS identity that can call GetCallerIdentity."""

    arn: str
    account: str
    userid: str

    @property
    def assertion(self) -> dict[str, str]:
        """The assertion that Google's token service has of it."""
        return aws_assertion(self.account, self.arn, self.userid)


@dataclass(frozen=True)
class RoleSessions:
    """A role, and names of its sessions. `role` is the name, without a path.

    Several names are needed, since a value counts as stable if it is the same for all of them.
    """

    account: str
    role: str
    partition: str = "aws"
    names: tuple[str, ...] = SESSIONS

    @property
    def arn(self) -> str:
        """The ARN of a session without the name of the session: arn:aws:sts::ACCOUNT:assumed-role/ROLE."""
        return role_attribute(self.account, self.role, self.partition)

    def identities(self) -> list[Identity]:
        """Return the sessions."""
        return [self.session(name) for name in self.names]

    def session(self, name: str) -> Identity:
        """Return one session of the role."""
        return _session(self.account, self.role, name, self.partition)

    def includes(self, identity: Identity) -> bool:
        """Return whether the identity is a session of the role."""
        return identity.arn.startswith(f"{self.arn}/")

    def others(self) -> list[Identity]:
        """Return identities of the account that are not the role: other roles first, then users."""
        return [*self.other_roles(), *self.users()]

    def other_roles(self) -> list[Identity]:
        """Return sessions of other roles: of one with a longer name, and of one whose session has the role's name."""
        role, name = self.role, self.names[0]
        other = "another-role" if role != "another-role" else "a-different-role"
        named = ((f"{role}-2", name), (f"not-{role}", name), (other, role), (other, name))
        return [_session(self.account, *pair, self.partition) for pair in named]

    def users(self) -> list[Identity]:
        """Return IAM users, the first at a path that looks like the ARN of the role, and the root user."""
        prefix = f"arn:{self.partition}:iam::{self.account}"
        users = (f"user/assumed-role/{self.role}/someone", f"user/{self.role}", "user/someone", "root")
        federated = f"arn:{self.partition}:sts::{self.account}:federated-user/{self.role}"
        arns = (*(f"{prefix}:{user}" for user in users), federated)
        return [Identity(arn, self.account, _USER_ID) for arn in arns]


def named_in(texts: Iterable[str], account: str, partition: str = "aws") -> list[Identity]:
    """Return sessions of the roles that texts name: role names, ARNs, or parts of ARNs. Other texts are ignored.

    A text that has the name of a session, such as a whole ARN, gives this session too.
    """
    found: dict[Identity, None] = {}
    for text in texts:
        parts = [part for part in text.rpartition(":")[2].split("/") if part]
        if not parts or not text.isprintable():
            continue
        role, *rest = parts[1:] if parts[0] in ("assumed-role", "role") and len(parts) > 1 else parts[-1:]
        for name in (*SESSIONS, *rest[-1:]):
            found[_session(account, role, name, partition)] = None
    return list(found)


def _session(account: str, role: str, name: str, partition: str) -> Identity:
    return Identity(assumed_role_arn(account, role, name, partition), account, f"{_ROLE_ID}:{name}")


def role_of_session(arn: str) -> RoleSessions | None:
    """Return the role of a session's ARN, with names as long as that of the session; None for other identities."""
    match = _SESSION.fullmatch(arn)
    if not match:
        return None
    names = dict.fromkeys([match["name"], *(filling[: len(match["name"])] for filling in SESSIONS)])
    return RoleSessions(match["account"], match["role"], match["partition"], tuple(names))
