"""The IAM entities of the account, as the gate needs them: users and their keys, roles and instance profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .identity import AccessKey, CallerIdentity, Key

DEFAULT_SESSION = 3600
"""The longest session of a role that does not say otherwise, in seconds."""


@dataclass(frozen=True)
class Role:
    """An IAM role. `trust` is the stored policy document, `id` its unique id (AROA...), `max_session` in seconds."""

    arn: str
    name: str
    id: str
    trust: str
    max_session: int


class Directory:
    """Looks things up in moto's IAM model of one account; empty until `open`."""

    def __init__(self) -> None:
        self._iam: Any = None

    def open(self, account: str) -> None:
        """Open the account's IAM model; call it in the worker thread."""
        from moto.iam.models import iam_backends

        self._iam = iam_backends[account]["aws"]

    def add_user(self, name: str, path: str, key: AccessKey, user_id: str) -> None:
        """Create an IAM user with a given access key."""
        user = self._iam.create_user("us-east-1", name, path)
        user.id = user_id
        stored = user.create_access_key(prefix="AKIA")
        stored.access_key_id, stored.secret_access_key = key.access_key_id, key.secret_access_key

    def role(self, arn: str) -> Role | None:
        """The role with that ARN, path included."""
        return next((_role(role) for role in self._roles() if role.arn == arn), None)

    def role_named(self, name: str) -> Role | None:
        """The role with that name, whatever its path."""
        return next((_role(role) for role in self._roles() if role.name == name), None)

    def has(self, arn: str) -> bool:
        """Whether a user or a role has that ARN."""
        return any(entity.arn == arn for entity in [*self._users(), *self._roles()])

    def profile_role(self, profile: str) -> Role | None:
        """The role in an instance profile, given by ARN or name."""
        for candidate in self._iam.instance_profiles.values():
            if profile in (candidate.arn, candidate.name):
                return next((_role(role) for role in candidate.roles), None)
        return None

    def key(self, access_key_id: str) -> Key | None:
        """The active access key of an IAM user. Safe in any thread: it only looks at copies."""
        for user in self._users():
            for key in list(user.access_keys):
                if key.access_key_id == access_key_id and key.status == "Active":
                    identity = CallerIdentity(user.account_id, user.arn, user.id)
                    return Key(key.access_key_id, key.secret_access_key, identity, "user")
        return None

    def _users(self) -> list[Any]:
        return [] if self._iam is None else list(self._iam.users.values())

    def _roles(self) -> list[Any]:
        return [] if self._iam is None else list(self._iam.roles.values())


def _role(role: Any) -> Role:
    trust = role.assume_role_policy_document or "{}"
    return Role(role.arn, role.name, role.id, trust, int(role.max_session_duration or DEFAULT_SESSION))
