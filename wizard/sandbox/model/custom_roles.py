"""Custom roles of projects and organisations, beside the predefined ones: what each role contains, wherever it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .refusals import AlreadyExistsError, InvalidError
from .roles import plain, role_table

ROLE_ID = re.compile(r"[a-zA-Z0-9_.]{3,64}")
PERMISSION = re.compile(r"[a-z][a-z0-9]*(\.googleapis\.com/[A-Za-z]+|\.[A-Za-z0-9]+)\.[A-Za-z0-9]+")
STAGES = ("ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP")


@dataclass
class CustomRole:
    """A custom role: `name` is `projects/P/roles/ID` or `organizations/O/roles/ID`. A disabled one grants nothing."""

    name: str
    title: str = ""
    description: str = ""
    stage: str = "ALPHA"
    permissions: tuple[str, ...] = ()
    deleted: bool = False
    revision: int = 1
    plain_permissions: frozenset[str] = field(default=frozenset(), init=False)

    def set(self, fields: Mapping[str, object]) -> None:
        """Change the fields of roles.patch that are given. Raises InvalidError, and then changes nothing."""
        stage = str(fields.get("stage") or self.stage)
        if stage not in STAGES:
            raise InvalidError("Invalid value at 'role.stage'.")
        permissions = fields.get("includedPermissions", self.permissions)
        if not isinstance(permissions, Sequence) or isinstance(permissions, str):
            raise InvalidError("Invalid value at 'role.included_permissions'.")
        names = tuple(sorted({str(each) for each in permissions}))
        for name in names:
            _check_permission(name)
        self.title = str(fields.get("title", self.title))
        self.description = str(fields.get("description", self.description))
        self.stage, self.permissions = stage, names
        self.plain_permissions = frozenset(map(plain, names))
        self.revision += 1


class CustomRoles:
    """The custom roles of one world, by full name; what they contain is known beside the predefined roles."""

    def __init__(self) -> None:
        self._roles: dict[str, CustomRole] = {}

    def get(self, name: str) -> CustomRole | None:
        """The custom role of that full name, deleted or not."""
        return self._roles.get(name)

    def of(self, parent: str) -> list[CustomRole]:
        """The custom roles of `projects/P` or `organizations/O`, by name."""
        return [self._roles[name] for name in sorted(self._roles) if name.startswith(f"{parent}/roles/")]

    def create(self, parent: str, role_id: str, fields: Mapping[str, object]) -> CustomRole:
        """Create a role. Raises InvalidError, and AlreadyExistsError for an ID in use, also by a deleted role."""
        if not ROLE_ID.fullmatch(role_id):
            raise InvalidError(f"The role ID {role_id} is invalid.")
        name = f"{parent}/roles/{role_id}"
        if name in self._roles:
            raise AlreadyExistsError(name)
        role = CustomRole(name)
        role.set(fields)
        self._roles[name] = role
        return role

    def contains(self, role: str, permission: str) -> bool:
        """Whether the role, predefined or custom, grants the permission, in either spelling."""
        custom = self._roles.get(role)
        if custom is None:
            return role_table().contains(role, permission)
        works = not custom.deleted and custom.stage != "DISABLED"
        return works and plain(permission) in custom.plain_permissions

    def testable_on_projects(self, permission: str) -> bool:
        """Whether projects.testIamPermissions takes the permission."""
        if role_table().testable_on_projects(permission):
            return True
        known = any(plain(permission) in role.plain_permissions for role in self._roles.values())
        return known and not role_table().knows(permission)


def _check_permission(name: str) -> None:
    """Refuse what cannot be a permission. The sandbox does not know all of Google's, but it knows the services."""
    if not PERMISSION.fullmatch(name) or name.partition(".")[0] not in role_table().services:
        raise InvalidError(f"Permission {name} is not valid.")
