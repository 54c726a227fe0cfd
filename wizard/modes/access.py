"""The resources that give workloads their roles, in any mode: APIs, service accounts and grants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wizard.engine.resource import Resource
from wizard.resources.account_keys import DisabledKeys
from wizard.resources.grants import ProjectGrants, ServiceAccountGrants
from wizard.resources.service_account import ServiceAccount
from wizard.resources.services import EnabledServices
from wizard.setup import products
from wizard.setup.sections import Grant

IMPERSONATE = "roles/iam.workloadIdentityUser"
"""The role on a service account that allows a federated principal to impersonate it."""

Members = dict[str, tuple[str, ...]]
"""Members by role."""


@dataclass(frozen=True)
class Workload:
    """One workload. Its `principal` gets the roles, or the service account `email` if there is one.

    `home` is the ID of the service account's project. `impersonator` is the member that can impersonate it. `also` are
    all members that include the workload: what they have, the workload has too. `gained` has what the workload gets as
    it can impersonate the service account, although no grant asks for it, one sentence each.
    """

    principal: str
    impersonator: str
    grants: Sequence[Grant]
    email: str | None = None
    home: str = ""
    also: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()

    @property
    def holder(self) -> str:
        """The member that gets the roles."""
        return f"serviceAccount:{self.email}" if self.email else self.principal


def roles(grants: Iterable[Grant]) -> dict[str, list[str]]:
    """Return the roles to grant on each project, by project ID."""
    by_project: dict[str, list[str]] = defaultdict(list)
    for grant in grants:
        project = grant.on.removeprefix("projects/")
        by_project[project] += [role for role in grant.roles if role not in by_project[project]]
    return dict(by_project)


def services(workloads: Iterable[Workload]) -> defaultdict[str, set[str]]:
    """Return the APIs that targets and impersonation need in each project, by project ID."""
    by_project: defaultdict[str, set[str]] = defaultdict(set)
    for workload in workloads:
        if workload.email:
            by_project[workload.home] |= {"iam.googleapis.com", "iamcredentials.googleapis.com"}
        for project, wanted in roles(workload.grants).items():
            needed = (products.service_of(role) for role in wanted)
            by_project[project] |= {service for service in needed if service}
    return by_project


def enabled(wanted: Mapping[str, set[str]]) -> dict[str, EnabledServices]:
    """Return the resource that enables the wanted APIs of each project, by project ID."""
    return {project: EnabledServices(project, tuple(sorted(names))) for project, names in wanted.items()}


def resources(workloads: Sequence[Workload], on: Mapping[str, EnabledServices], pool: Resource) -> list[Resource]:
    """Return the service accounts, the grants on them, and the grants on projects, in this order.

    `on` has the enabled APIs of each project. Policies can name a principal only once `pool` exists. One resource has
    all the grants on a policy.
    """
    homes = {workload.email: workload.home for workload in workloads if workload.email}
    accounts = {email: ServiceAccount(home, email, needs=(on[home],)) for email, home in homes.items()}
    account_grants: list[Resource] = []
    for email, account in accounts.items():
        users = [workload for workload in workloads if workload.email == email]
        grants = {IMPERSONATE: _unique(workload.impersonator for workload in users)}
        also = {workload.impersonator: workload.also for workload in users}
        gained = {workload.impersonator: workload.gained for workload in users}
        needs = (account, pool)
        account_grants.append(ServiceAccountGrants(homes[email], grants, needs, also, email=email, gained=gained))
    return [*accounts.values(), *account_grants, *_project_grants(workloads, on, pool, accounts)]


def _project_grants(
    workloads: Sequence[Workload],
    on: Mapping[str, EnabledServices],
    pool: Resource,
    accounts: Mapping[str, ServiceAccount],
) -> list[Resource]:
    wanted: dict[str, Members] = defaultdict(dict)
    first: dict[str, dict[Resource, None]] = defaultdict(dict)
    for workload in workloads:
        holder = accounts[workload.email] if workload.email else pool
        for project, names in roles(workload.grants).items():
            first[project][holder] = None
            for role in names:
                wanted[project][role] = _unique([*wanted[project].get(role, ()), workload.holder])
    also = {workload.principal: workload.also for workload in workloads if not workload.email}
    return [ProjectGrants(project, grants, (*first[project], on[project]), also) for project, grants in wanted.items()]


def disabled_keys(emails: Iterable[tuple[str, str]], needs: tuple[Resource, ...]) -> list[Resource]:
    """Return the service accounts whose keys are to be disabled, given as pairs of project ID and email."""
    return [DisabledKeys(project, email, needs) for project, email in dict.fromkeys(emails)]


def _unique(members: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(members))
