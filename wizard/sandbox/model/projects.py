"""The projects of Google Cloud, and what each of them contains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from wizard.federation import denials
from wizard.federation.identifiers import PoolName
from wizard.sandbox.json_value import JSON

from .bound_policies import BoundPolicies
from .callers import Caller
from .custom_roles import CustomRoles
from .deny_policies import DenyPolicy, as_principal
from .hierarchy import Container
from .policy import Access, PolicyStore
from .pool_rules import check_id, pool_fields
from .pools import Pool
from .refusals import AlreadyExistsError
from .service_accounts import ServiceAccount
from .things import Things


@dataclass
class Dataset:
    """A BigQuery dataset of a project. Its policy follows from its access list."""

    id: str
    location: str = "US"
    access: list[JSON] = field(default_factory=list)
    """The entries of its access list, as they were written."""
    policy: PolicyStore = field(default_factory=PolicyStore)
    tables: dict[str, PolicyStore] = field(default_factory=dict)
    """Table ID to the table's own policy."""


@dataclass
class Project:
    """One project; `enabled` contains the service names of the APIs that are on."""

    id: str
    number: str
    name: str
    created: datetime
    parent: str = ""
    """The name of the folder or organization that contains it, such as "folders/123"; empty for none."""
    labels: dict[str, str] = field(default_factory=dict)
    changed: datetime | None = None
    """When its name, labels, parent or state last changed; None for never."""
    deleted: bool = False
    """Whether its deletion was requested: it can be restored, and until then serves nothing."""
    enabled: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    """The APIs that others have used in the last 30 days. The sandbox does not count its own calls."""
    policy: PolicyStore = field(default_factory=PolicyStore)
    deny_policies: dict[str, DenyPolicy] = field(default_factory=dict)
    """Policy ID to deny policy."""
    service_accounts: dict[str, ServiceAccount] = field(default_factory=dict)
    """Email address to account."""
    deleted_accounts: dict[str, ServiceAccount] = field(default_factory=dict)
    """Unique id to account."""
    pools: dict[str, Pool] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)

    def add_account(
        self, account_id: str, display_name: str = "", description: str = "", domain: str = ""
    ) -> ServiceAccount:
        """Create a service account."""
        account = ServiceAccount(self.id, account_id, display_name=display_name, description=description, domain=domain)
        self.service_accounts[account.email] = account
        return account

    def add_pool(self, pool_id: str, document: JSON, *, ready: bool = True) -> Pool:
        """Create a workload identity pool from what IAM's create takes: {"displayName": ..., ...}.

        `ready` tells whether the operation that creates it has ended. Raises InvalidError for what IAM refuses, and
        AlreadyExistsError for an id that is in use, deleted pools included.
        """
        check_id("workload_identity_pool_id", pool_id)
        if pool_id in self.pools:
            raise AlreadyExistsError(pool_id)
        pool = Pool(fields=pool_fields(document), name=PoolName(self.number, pool_id), ready=ready)
        self.pools[pool_id] = pool
        return pool


class Projects:
    """The projects, found by id or by number; iterating gives them in the order of their ids."""

    def __init__(self) -> None:
        self._by_id: dict[str, Project] = {}
        self._by_number: dict[str, Project] = {}
        self.containers: dict[str, Container] = {}
        """Folders and organizations, by name."""
        self.custom_roles = CustomRoles()
        self.things = Things()
        self.bound = BoundPolicies()
        """Access boundaries and unified access policies, and what they are bound to."""

    def __iter__(self) -> Iterator[Project]:
        return iter([self._by_id[name] for name in sorted(self._by_id)])

    def add(self, project: Project) -> None:
        """Add a project to the world."""
        self._by_id[project.id] = self._by_number[project.number] = project

    def taken(self, project_id: str) -> bool:
        """Whether a project has that id, deleted ones included."""
        return project_id in self._by_id

    def find(self, name: str) -> Project | None:
        """The project with that id or number, if there is one."""
        return self._by_id.get(name) or self._by_number.get(name)

    def above(self, thing: Project | Container) -> list[Container]:
        """The folders and the organization that contain it, from the nearest to the farthest."""
        found: list[Container] = []
        while (container := self.containers.get(thing.parent)) is not None and container not in found:
            found.append(container)
            thing = container
        return found

    def grants(self, thing: Project | Container, access: Access, inside: bool = False) -> bool:
        """Whether its policy, or one that it inherits, gives the permission, and no other kind of policy denies it.

        `inside` tells whether the policy of something inside it gives the permission.
        """
        chain = (thing, *self.above(thing))
        if not inside and not any(each.policy.grants(access) for each in chain):
            return False
        denying = [policy for each in chain for policy in each.deny_policies.values()]
        if access.caller is None or not (denying or self.bound.bindings):
            return True
        own, places = self._containers_of(access.caller), [name for each in chain for name in _names(each)]
        principal, resources = as_principal(access.caller, own), [denials.MANAGER + name for name in places]
        return not (
            any(policy.denies(principal, access) for policy in denying)
            or self.bound.deny(resources, principal, access)
            or self.bound.keeps_out(self._principal_sets(access.caller, own), places, access)
        )

    def _principal_sets(self, caller: Caller, containers: list[str]) -> list[str]:
        """The full names of the sets of principals that a caller is in, to which boundaries can be bound."""
        pool = caller.identity.pool if caller.identity is not None else None
        own = [f"//iam.googleapis.com/{pool.name}"] if pool else []
        return [*own, *(denials.MANAGER + name for name in containers)]

    def _containers_of(self, caller: Caller) -> list[str]:
        """The names of what contains a workload's identity: its project, by number, the folders and organization."""
        account = self.account(caller.email) if caller.kind == "serviceAccount" else None
        home = account.project_id if account is not None else ""
        if caller.identity is not None:
            home = caller.identity.pool.project_number
        project = self.find(home)
        return [f"projects/{project.number}", *(each.name for each in self.above(project))] if project else []

    def account(self, name: str) -> ServiceAccount | None:
        """The service account with that email address or unique id, in whichever project."""
        for project in self:
            account = project.service_accounts.get(name)
            if account is not None:
                return account
            for account in project.service_accounts.values():
                if account.unique_id == name:
                    return account
        return None

    def delete_account(self, project: Project, account: ServiceAccount, now: datetime) -> None:
        """Delete a service account; its members in policies are renamed, so that a new account inherits nothing."""
        del project.service_accounts[account.email]
        project.deleted_accounts[account.unique_id] = account
        self._rename_member(account.member, account.deleted_member, now)

    def undelete_account(self, project: Project, account: ServiceAccount, now: datetime) -> None:
        """Restore a deleted service account, with its grants; its address must be free."""
        project.service_accounts[account.email] = project.deleted_accounts.pop(account.unique_id)
        self._rename_member(account.deleted_member, account.member, now)

    def _rename_member(self, member: str, other: str, now: datetime) -> None:
        for container in self.containers.values():
            container.policy.rename(member, other, now)
        for thing in self.things.every():
            thing.policy.rename(member, other, now)
        for project in self:
            for dataset in project.datasets.values():
                for policy in (dataset.policy, *dataset.tables.values()):
                    policy.rename(member, other, now)
            for policy in (project.policy, *(account.policy for account in project.service_accounts.values())):
                policy.rename(member, other, now)

    def alive(self, caller: Caller) -> bool:
        """Whether the identity that the caller's token was issued for can still be used.

        A token of a pool that is disabled or deleted stops working, and revives with it (IAM v1 discovery document);
        so does a token of a service account that is disabled or deleted.
        """
        if caller.kind == "serviceAccount":
            account = self.account(caller.email)
            return account is not None and not account.disabled
        if caller.identity is not None:
            project = self.find(caller.identity.pool.project_number)
            pool = project.pools.get(caller.identity.pool.pool) if project else None
            return pool is not None and pool.usable
        return True


def _names(thing: Project | Container) -> list[str]:
    """The relative names of a project, a folder or an organization: of a project by number and by ID."""
    return [thing.name] if isinstance(thing, Container) else [f"projects/{thing.number}", f"projects/{thing.id}"]
