"""The policies of users and roles, read from moto's IAM model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .decision import NamedPolicy, Policies


def of_user(iam: Any, user: Any) -> Policies:
    """The policies of an IAM user: its own, those of its groups, and its permissions boundary."""
    groups = [group for group in iam.groups.values() if user in group.users]
    identity = [policy for holder in (user, *groups) for policy in _of_holder(holder)]
    return Policies(tuple(identity), _boundary(iam, user))


def of_role(iam: Any, role: Any) -> Policies:
    """The policies of a role and its permissions boundary."""
    return Policies(tuple(_of_holder(role)), _boundary(iam, role))


def of_group(group: Any) -> Policies:
    """The policies of a group of users."""
    return Policies(tuple(_of_holder(group)))


def managed(policy: Any) -> NamedPolicy:
    """A managed policy in its default version."""
    version = next((version for version in policy.versions if version.is_default), None)
    return NamedPolicy(policy.arn, version.document if version is not None else "{}")


def boundary_arn(holder: Any) -> str | None:
    """The ARN of the policy that is the permissions boundary of a user or a role."""
    boundary = getattr(holder, "permissions_boundary", None)
    return boundary.get("PermissionsBoundaryArn") if boundary else None


def set_boundary(user: Any, arn: str | None) -> None:
    """Limit an IAM user by a permissions boundary, or by none; moto does that for roles only."""
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    user.permissions_boundary = None if arn is None else boundary


def _of_holder(holder: Any) -> Iterable[NamedPolicy]:
    inline: Mapping[str, Any] = holder.policies
    for name, document in inline.items():
        yield NamedPolicy(name, document if isinstance(document, str) else json.dumps(document))
    for policy in holder.managed_policies.values():
        yield managed(policy)


def _boundary(iam: Any, holder: Any) -> tuple[NamedPolicy, ...] | None:
    """The permissions boundary; one that was deleted allows nothing."""
    arn = boundary_arn(holder)
    if arn is None:
        return None
    policy = iam.managed_policies.get(arn)
    return () if policy is None else (managed(policy),)
