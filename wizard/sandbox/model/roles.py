"""The role table: which permissions each predefined role contains, and what projects can test."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

from .cluster_permissions import CLUSTER_ADMIN, INSIDE_CLUSTERS
from .permission_services import OTHER_SERVICES

# Permissions that administrators need and that none of the table's predefined roles contains; owners have them.
OWNER_ONLY = (
    "iam.roles.create",
    "iam.roles.delete",
    "iam.roles.get",
    "iam.roles.list",
    "iam.roles.undelete",
    "iam.roles.update",
    "iam.serviceAccountKeys.create",
    "iam.serviceAccountKeys.delete",
    "iam.serviceAccountKeys.get",
    "iam.serviceAccountKeys.list",
    "resourcemanager.folders.getIamPolicy",
    "resourcemanager.folders.setIamPolicy",
    "resourcemanager.organizations.getIamPolicy",
    "resourcemanager.organizations.setIamPolicy",
    "resourcemanager.organizations.createPolicyBinding",
    "resourcemanager.organizations.deletePolicyBinding",
    "resourcemanager.organizations.searchPolicyBindings",
    "resourcemanager.projects.delete",
    "resourcemanager.projects.undelete",
    "resourcemanager.projects.update",
)
# The basic roles do not let anyone act as a service account's token maker; that takes an explicit grant.
NEVER_BASIC = frozenset(
    {
        "iam.serviceAccounts.getAccessToken",
        "iam.serviceAccounts.getOpenIdToken",
        "iam.serviceAccounts.implicitDelegation",
        "iam.serviceAccounts.signBlob",
        "iam.serviceAccounts.signJwt",
    }
)
# Permissions of resources above projects, and of resources that belong to no project.
UNTESTABLE = (
    *("resourcemanager.organizations.", "resourcemanager.folders.", "billing.", "accesscontextmanager."),
    "iam.principalaccessboundarypolicies.",
)
UNTESTABLE_NAMES = ("resourcemanager.projects.list", "resourcemanager.projects.create")
EVERY_FAIR_ROLE = ("resourcemanager.projects.get", "resourcemanager.projects.list")
EDITOR_LACKS = (
    *("setIamPolicy", "PolicyBinding", "workloadIdentityPool", "iam.roles."),
    *("projects.delete", "projects.undelete"),
)
VIEWER_LACKS = ("container.secrets.",)
VIEWER_VERBS = ("get", "list", "getIamPolicy", "search")

LISTED_IN_FULL = ("container", "iam", "resourcemanager")
PERMISSION = re.compile(r"[a-z][a-z0-9]*\.[A-Za-z0-9]+\.[A-Za-z0-9]+")


@dataclass(frozen=True)
class Role:
    """A predefined role: its full name (`roles/...`), title, description and permissions, sorted."""

    name: str
    title: str
    description: str
    permissions: tuple[str, ...]


def plain(permission: str) -> str:
    """The permission in its short spelling: `iam.googleapis.com/workloadIdentityPools.get` is `iam.workload...`."""
    return permission.replace("iam.googleapis.com/", "iam.", 1)


class RoleTable:
    """The predefined roles that the sandbox knows."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self._roles = {role.name: role for role in roles}
        self._permissions = {role.name: frozenset(map(plain, role.permissions)) for role in self._roles.values()}
        self._known: frozenset[str] = frozenset().union(*self._permissions.values())
        self.services = frozenset(name.partition(".")[0] for name in self._known)
        """The first part of every permission, such as `pubsub`."""
        self._kinds = frozenset(name.rpartition(".")[0] for name in self._known)
        self._verbs = frozenset(name.rpartition(".")[2] for name in self._known)

    def __iter__(self) -> Iterator[Role]:
        return iter(self._roles.values())

    def get(self, name: str) -> Role | None:
        """The role of that full name, if the table has it."""
        return self._roles.get(name)

    def contains(self, role: str, permission: str) -> bool:
        """Whether the role contains the permission, in either spelling.

        Of a service whose permissions the table does not have, the basic roles contain what their kind contains.
        """
        if plain(permission) in self._permissions.get(role, frozenset()):
            return True
        return role in _BASIC and self.is_elsewhere(permission) and _BASIC[role](permission)

    def is_elsewhere(self, permission: str) -> bool:
        """Whether Google has the permission, as far as one can tell, though no role of the table contains it.

        The table does not have every service, nor all that a service does: a kind of resource that it knows may have
        any verb that it knows. The permissions of IAM, Resource Manager and the Container API are listed in full.
        """
        if PERMISSION.fullmatch(permission) is None or self.knows(permission):
            return False
        service, _, verb = permission.split(".")
        if service not in self.services:
            return service in OTHER_SERVICES
        kind = permission.removesuffix(f".{verb}")
        return service not in LISTED_IN_FULL and kind in self._kinds and verb in self._verbs

    def knows(self, permission: str) -> bool:
        """Whether a role contains the permission, in either spelling."""
        return plain(permission) in self._known

    def testable_on_projects(self, permission: str) -> bool:
        """Whether projects.testIamPermissions takes the permission; for others it answers 400 as a whole."""
        name = plain(permission)
        if self.is_elsewhere(name):
            return not name.startswith(UNTESTABLE)
        return self.knows(name) and name not in UNTESTABLE_NAMES and not name.startswith(UNTESTABLE)

    def testable(self) -> list[str]:
        """Every permission that projects can test, sorted."""
        return sorted(filter(self.testable_on_projects, self._known))


@cache
def role_table() -> RoleTable:
    """The table from assets/roles.json and assets/sandbox_roles.json, with the basic roles computed from it."""
    raw = _asset("roles.json")
    own = [Role(name, each["title"], each["description"], tuple(each["permissions"])) for name, each in raw.items()]
    predefined = [*own, *_fair_roles(_asset("sandbox_roles.json")["services"])]
    of_roles = [each for role in predefined for each in role.permissions]
    everything = {*OWNER_ONLY, *INSIDE_CLUSTERS, *CLUSTER_ADMIN, *of_roles}
    computed = [*_container_roles(everything), *_hierarchy_roles(everything), *_basic_roles(everything - NEVER_BASIC)]
    return RoleTable([*predefined, *computed])


def _asset(name: str) -> Any:
    return json.loads(files("assets").joinpath(name).read_text(encoding="utf-8"))


def _fair_roles(services: dict[str, Any]) -> list[Role]:
    """The roles whose lists are not Google's own; sandbox_roles.json says how they are written."""
    roles = []
    for service, each in services.items():
        known = [f"{kind}.{verb}" for kind, verbs in each["permissions"].items() for verb in verbs.split()]
        for name, (title, patterns) in each["roles"].items():
            inside = [word for word in known if any(fnmatchcase(word, pattern) for pattern in patterns.split())]
            permissions = {f"{service}.{word}" for word in inside}
            permissions.update(() if each.get("alone") else EVERY_FAIR_ROLE)
            roles.append(Role(f"roles/{service}.{name}", title, f"{title}.", tuple(sorted(permissions))))
    return roles


def _container_roles(everything: set[str]) -> list[Role]:
    """The roles that reach into clusters (IAM documentation, "Kubernetes Engine roles")."""
    own = tuple(sorted(each for each in everything if each.startswith("container.")))
    inside = tuple(sorted({*INSIDE_CLUSTERS, "container.clusters.get", "container.clusters.list"}))
    admin = "Full management of clusters and their Kubernetes API objects."
    developer = "Access to Kubernetes API objects inside clusters."
    return [
        Role("roles/container.admin", "Kubernetes Engine Admin", admin, own),
        Role("roles/container.developer", "Kubernetes Engine Developer", developer, inside),
    ]


def _hierarchy_roles(everything: set[str]) -> list[Role]:
    """The roles that reach the policies of folders and organizations (IAM documentation, "Resource Manager roles")."""
    folders, organizations, projects = (f"resourcemanager.{name}." for name in ("folders", "organizations", "projects"))
    folder = tuple(sorted(each for each in everything if each.startswith((folders, projects))))
    organization = tuple(sorted(each for each in everything if each.startswith((folders, organizations, projects))))
    return [
        Role("roles/resourcemanager.folderAdmin", "Folder Admin", "Manage folders and their policies.", folder),
        Role(
            "roles/resourcemanager.organizationAdmin",
            "Organization Administrator",
            "Manage the policies of an organization and of what it contains.",
            organization,
        ),
    ]


def _edits(permission: str) -> bool:
    return not any(word in permission for word in EDITOR_LACKS)


def _views(permission: str) -> bool:
    return permission.rpartition(".")[2] in VIEWER_VERBS and not permission.startswith(VIEWER_LACKS)


_BASIC: dict[str, Callable[[str], bool]] = {
    "roles/owner": bool,
    "roles/editor": _edits,
    "roles/viewer": _views,
}
"""The basic roles, with what they contain of a service's permissions."""


def _basic_roles(everything: set[str]) -> list[Role]:
    editor = list(filter(_edits, everything - set(CLUSTER_ADMIN)))
    viewer = list(filter(_views, everything))
    return [
        Role("roles/owner", "Owner", "Full access to most Google Cloud resources.", tuple(sorted(everything))),
        Role("roles/editor", "Editor", "View, create, update, and delete most resources.", tuple(sorted(editor))),
        Role("roles/viewer", "Viewer", "View most Google Cloud resources.", tuple(sorted(viewer))),
    ]
