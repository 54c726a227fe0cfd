"""Who gets which roles, in either mode: APIs switched on, service accounts, and grants added to policies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wizard.engine.resource import Resource
from wizard.resources.grants import ProjectGrants, ServiceAccountGrants
from wizard.resources.service_account import ServiceAccount
from wizard.resources.services import EnabledServices
from wizard.setup import products
from wizard.setup.sections import Grant

IMPERSONATE = "roles/iam.workloadIdentityUser"
"""The role on a service account that lets a federated principal act as it."""

Members = dict[str, tuple[str, ...]]
"""Role -> members."""


@dataclass(frozen=True)
class Workload:
    """One workload: its `principal` gets the roles, or the service account that it acts as.

    The service account is named by its `email` and lives in the project `home`; `may_impersonate` is the member that
    is then allowed to act as it.
    """

    principal: str
    may_impersonate: str
    grants: Sequence[Grant]
    email: str | None = None
    home: str = ""

    @property
    def holder(self) -> str:
        """The member that holds the roles."""
        return f"serviceAccount:{self.email}" if self.email else self.principal


def roles(grants: Iterable[Grant]) -> dict[str, list[str]]:
    """Project -> the roles wanted on it."""
    found: dict[str, list[str]] = defaultdict(list)
    for grant in grants:
        project = grant.on.removeprefix("projects/")
        found[project] += [role for role in grant.roles if role not in found[project]]
    return dict(found)


def services(workloads: Iterable[Workload]) -> defaultdict[str, set[str]]:
    """Project -> the APIs that must be on in it, for the targets and for impersonation."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for workload in workloads:
        if workload.email:
            found[workload.home] |= {"iam.googleapis.com", "iamcredentials.googleapis.com"}
        for project, wanted in roles(workload.grants).items():
            found[project] |= {service for role in wanted if (service := products.service_of(role))}
    return found


def enabled(wanted: Mapping[str, set[str]]) -> dict[str, EnabledServices]:
    """The APIs of each project."""
    return {project: EnabledServices(project, tuple(sorted(names))) for project, names in wanted.items()}


def resources(workloads: Sequence[Workload], on: Mapping[str, EnabledServices], pool: Resource) -> list[Resource]:
    """The service accounts, who may act as them, and the roles on each project, in this order.

    `pool` is what must be there before a policy can name a principal. One resource holds all the grants on a policy.
    """
    homes = {workload.email: workload.home for workload in workloads if workload.email}
    accounts = {email: ServiceAccount(home, email, needs=(on[home],)) for email, home in homes.items()}
    binds: list[Resource] = [
        ServiceAccountGrants(
            homes[email],
            {IMPERSONATE: _once(each.may_impersonate for each in workloads if each.email == email)},
            needs=(account, pool),
            email=email,
        )
        for email, account in accounts.items()
    ]
    return [*accounts.values(), *binds, *_on_projects(workloads, on, pool, accounts)]


def _on_projects(
    workloads: Sequence[Workload],
    on: Mapping[str, EnabledServices],
    pool: Resource,
    accounts: Mapping[str, ServiceAccount],
) -> list[Resource]:
    wanted: dict[str, Members] = defaultdict(dict)
    first: dict[str, dict[Resource, None]] = defaultdict(dict)
    for each in workloads:
        for project, names in roles(each.grants).items():
            first[project][accounts[each.email] if each.email else pool] = None
            for role in names:
                wanted[project][role] = _once([*wanted[project].get(role, ()), each.holder])
    return [ProjectGrants(project, grants, needs=(*first[project], on[project])) for project, grants in wanted.items()]


def _once(members: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(members))
