"""What the identities of a pool, or their service account, have in the policies that the operator can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.chain.project_policy import Names, is_account
from wizard.clouds import missing_permissions
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect.machine import google_defaults
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity, admits
from wizard.language import _
from wizard.modes import configurations
from wizard.modes.access import IMPERSONATE
from wizard.setup import service_accounts

_LOOKED_AT = (
    "the live test proved only the roles in the policies of {projects}. The test did not read other projects, "
    "folders, datasets or buckets. To prove roles on these resources, test with a SETUP.yaml that names the resources"
)
_UNREAD = "the wizard cannot read the policy of {name} ({reason}), so the roles in the policy are not proven"
_UNREAD_PROJECT = "the wizard cannot read the project {name} ({reason}), so the roles on the project are not proven"


@dataclass(frozen=True)
class Granted:
    """The bindings of the projects' policies, by the ID of the project, and the members that can impersonate.

    `notes` say what was looked at and what could not be read, one sentence each.
    """

    projects: Mapping[str, list[dict[str, Any]]]
    impersonators: tuple[str, ...]
    account: str | None
    account_project: str
    notes: tuple[str, ...]

    @property
    def members(self) -> list[str]:
        """The members through which identities of the pool have what the configuration gives."""
        if self.account:
            return list(self.impersonators)
        return [member for bindings in self.projects.values() for binding in bindings for member in _members(binding)]

    def by_member(self) -> dict[str, dict[str, list[str]]]:
        """Return the roles of each member by project ID, without the role that permits to impersonate."""
        found: dict[str, dict[str, list[str]]] = {}
        for project, bindings in self.projects.items():
            for binding in bindings:
                role = str(binding["role"])
                for member in _members(binding) if role != IMPERSONATE else ():
                    found.setdefault(member, {}).setdefault(project, []).append(role)
        return found

    def roles_before(self, account: str) -> dict[str, list[str]]:
        """Return the roles that a service account had before it was deleted and created again, by project ID."""
        found: dict[str, list[str]] = {}
        for project, bindings in self.projects.items():
            for binding in bindings:
                lost = any(member.startswith(f"deleted:serviceAccount:{account}?uid=") for member in _members(binding))
                if lost and binding["role"] != IMPERSONATE:
                    found.setdefault(project, []).append(str(binding["role"]))
        return found

    def roles_of(self, identity: FederatedIdentity | None, account: str | None) -> dict[str, list[str]]:
        """Return the roles that the identity has, or the service account that it impersonates, by project ID."""
        found: dict[str, list[str]] = {}
        for project, bindings in self.projects.items():
            roles = [str(each["role"]) for each in bindings if _has(_members(each), identity, account)]
            roles = [role for role in dict.fromkeys(roles) if role != IMPERSONATE]
            if roles:
                found[project] = roles
        return found


def may_be(account: str | None, pool: PoolName | None) -> Names:
    """Return whether a member may be the workload: its service account, or any member of its pool."""

    def names(member: str) -> bool:
        if account:
            return is_account(member, account)
        return member == "allUsers" or (pool is not None and f"/{pool.name}/" in member)

    return names


def read_granted(clouds: Clouds, document: Mapping[str, Any]) -> Granted:
    """Read the policies that a configuration leads to. What cannot be read is said, and never raised."""
    account = configurations.account_of(document)
    notes: list[str] = []
    projects = dict(_policies(clouds, dict.fromkeys(_names(clouds, document, account)), notes))
    home = service_accounts.project_of(account, "-") if account else ""
    impersonators = _impersonators(clouds, home, account, notes) if account else ()
    if projects:
        notes.insert(0, _(_LOOKED_AT).format(projects=", ".join(projects)))
    return Granted(projects, impersonators, account, home, tuple(notes))


def _names(clouds: Clouds, document: Mapping[str, Any], account: str | None) -> Iterator[str]:
    """Yield the projects whose policies can give the roles, by ID or number."""
    provider = configurations.provider_of(document)
    if provider:
        yield provider.pool.project_number
    if account and account.endswith(".iam.gserviceaccount.com"):
        yield account.partition("@")[2].removesuffix(".iam.gserviceaccount.com")
    default = google_defaults(clouds.environ).get("google.project")
    if default:
        yield str(default.value)


def _policies(
    clouds: Clouds, names: Mapping[str, None], notes: list[str]
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for name in names:
        try:
            project = clouds.google.call("cloudresourcemanager", "GET", f"/v1/projects/{name}")
        except CloudError as error:
            notes.append(_(_UNREAD_PROJECT).format(name=name, reason=missing_permissions.words(error)))
            continue
        project_id = str(project["projectId"])
        try:
            body = {"options": {"requestedPolicyVersion": 3}}
            path = f"/v1/projects/{project_id}:getIamPolicy"
            policy = clouds.google.call("cloudresourcemanager", "POST", path, body)
        except CloudError as error:
            notes.append(_(_UNREAD).format(name=project_id, reason=missing_permissions.words(error)))
            continue
        yield project_id, policy.get("bindings", [])


def _impersonators(clouds: Clouds, home: str, account: str, notes: list[str]) -> tuple[str, ...]:
    try:
        policy = clouds.google_iam.get_policy(home, account)
    except CloudError as error:
        notes.append(_(_UNREAD).format(name=account, reason=missing_permissions.words(error)))
        return ()
    found = [member for each in policy.get("bindings", ()) for member in _members(each)]
    return tuple(dict.fromkeys(found))


def _members(binding: Mapping[str, Any]) -> list[str]:
    return [member for member in binding.get("members", ()) if isinstance(member, str)]


def _has(members: list[str], identity: FederatedIdentity | None, account: str | None) -> bool:
    if account:
        return f"serviceAccount:{account}" in members
    return identity is not None and any(admits(member, identity) for member in members if member != "allUsers")
