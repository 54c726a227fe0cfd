"""The state of Google Cloud: projects and what lives in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from wizard.sandbox.google.errors import no_permission

from .callers import Caller
from .policy import PolicyStore

if TYPE_CHECKING:
    from wizard.sandbox.google.bigquery import Dataset

    from .pools import Pool


@dataclass
class ServiceAccount:
    """A Google service account. `hidden_reads` holds what the next reads do while it is new (True: not found).

    `domain` is what its e-mail address ends in; the project's own when empty.
    """

    project_id: str
    account_id: str
    unique_id: str
    etag: str
    display_name: str = ""
    description: str = ""
    disabled: bool = False
    policy: PolicyStore = field(default_factory=PolicyStore)
    keys: dict[str, datetime] = field(default_factory=dict)
    hidden_reads: list[bool] = field(default_factory=list)
    domain: str = ""

    @property
    def email(self) -> str:
        """NAME@PROJECT.iam.gserviceaccount.com, but for the accounts that Google makes itself."""
        return f"{self.account_id}@{self.domain or f'{self.project_id}.iam.gserviceaccount.com'}"

    @property
    def name(self) -> str:
        """The resource name, with the project's id."""
        return f"projects/{self.project_id}/serviceAccounts/{self.email}"


@dataclass
class Project:
    """One project; `enabled` holds the service names of the APIs that are on."""

    id: str
    number: str
    name: str
    created: datetime
    enabled: set[str] = field(default_factory=set)
    policy: PolicyStore = field(default_factory=PolicyStore)
    service_accounts: dict[str, ServiceAccount] = field(default_factory=dict)
    deleted_accounts: dict[str, ServiceAccount] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)


class Google:
    """The projects, found by id or by number."""

    def __init__(self) -> None:
        self._projects: dict[str, Project] = {}

    def add(self, project: Project) -> None:
        """Add a project to the world."""
        self._projects[project.id] = self._projects[project.number] = project

    def projects(self) -> list[Project]:
        """Every project, in the order of their ids."""
        return sorted({id(each): each for each in self._projects.values()}.values(), key=lambda each: each.id)

    def find(self, name: str) -> Project | None:
        """The project with that id or number, if there is one."""
        return self._projects.get(name)

    def project(self, name: str) -> Project:
        """The project with that id or number; unknown ones are refused as invisible ones are (GoogleError 403)."""
        project = self._projects.get(name)
        if project is None:
            raise no_permission()
        return project

    def account(self, email: str) -> ServiceAccount | None:
        """The service account with that e-mail address or unique id, in whichever project."""
        for project in self.projects():
            account = project.service_accounts.get(email)
            if account is not None:
                return account
            for each in project.service_accounts.values():
                if each.unique_id == email:
                    return each
        return None

    def alive(self, caller: Caller) -> bool:
        """Whether what the caller's token was issued for is still in use.

        A token of a pool that is disabled or deleted stops working, and revives with it (IAM v1 discovery document);
        a token of a service account that is disabled or gone does too.
        """
        if caller.kind == "serviceAccount":
            account = self.account(caller.email)
            return account is not None and not account.disabled
        if caller.identity is not None:
            project = self.find(caller.identity.pool.project_number)
            pool = project.pools.get(caller.identity.pool.pool) if project else None
            return pool is not None and pool.usable
        return True
