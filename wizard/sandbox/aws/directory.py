"""The IAM entities of the account, as the gate needs them: users and their keys, roles and instance profiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .arns import partition
from .identity import AccessKey, CallerIdentity, Key
from .policies import holders, managed
from .policies.decision import Policies

DEFAULT_SESSION = 3600
"""The longest session of a role that does not say otherwise, in seconds."""

_LINKED_ROLES = {"batch": "Batch", "ecs": "ECS"}
"""How the names of service-linked roles write a service, where moto does not know it."""


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

    def open(self, account: str, region: str) -> None:
        """Open the account's IAM model; call it in the worker thread."""
        from moto.iam.models import SERVICE_NAME_CONVERSION, iam_backends

        SERVICE_NAME_CONVERSION.update(_LINKED_ROLES)
        self._iam = iam_backends[account][partition(region)]

    def add_user(self, region: str, name: str, path: str, key: AccessKey, user_id: str) -> None:
        """Create an IAM user with a given access key, in the partition of a region."""
        user = self._iam.create_user(region, name, path)
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

    def arn(self, kind: str, name: str) -> str | None:
        """The ARN of a user, a group, a role or an instance profile (`instance-profile`), given by name."""
        entity = self.entity(kind, name)
        return None if entity is None else str(entity.arn)

    def entity(self, kind: str, name: str) -> Any:
        """moto's model of a user, a group, a role or an instance profile, given by name; None if there is none."""
        if kind == "user":
            return self._iam.users.get(name)
        if kind == "group":
            return self._iam.groups.get(name)
        entities = self._iam.roles if kind == "role" else self._iam.instance_profiles
        return next((entity for entity in entities.values() if entity.name == name), None)

    def create_linked_role(self, service: str) -> Any:
        """moto's model of a new service-linked role, such as that of batch.amazonaws.com."""
        return self._iam.create_service_linked_role(service, "", "")

    def policies(self, arn: str) -> Policies | None:
        """The policies of the user, the group or the role with that ARN; None if there is none."""
        kind, _, name = arn.rpartition(":")[2].partition("/")
        entity = self.entity(kind, name.rpartition("/")[2]) if kind in ("user", "group", "role") else None
        if entity is None or entity.arn != arn:
            return None
        if kind == "group":
            return holders.of_group(entity)
        return holders.of_user(self._iam, entity) if kind == "user" else holders.of_role(self._iam, entity)

    def managed_policy(self, arn: str) -> str | None:
        """The document of a managed policy in its default version; None if there is none."""
        managed.load(self._iam, [arn])
        policy = self._iam.managed_policies.get(arn)
        return None if policy is None else holders.managed(policy).document

    def is_attached(self, arn: str) -> bool:
        """Whether a managed policy is attached to a user, a group or a role."""
        entities = [*self._users(), *self._iam.groups.values(), *self._roles()]
        return any(arn in entity.managed_policies for entity in entities)

    def created_policy(self) -> Any:
        """moto's model of the managed policy that was added last."""
        return next(reversed(self._iam.managed_policies.values()), None)

    def load_managed(self, arns: Iterable[str]) -> None:
        """Let moto know the AWS managed policies among these ARNs."""
        managed.load(self._iam, arns)

    def load_all_managed(self) -> None:
        """Let moto know all AWS managed policies; takes about 0.2 s the first time."""
        managed.load_all(self._iam)

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
