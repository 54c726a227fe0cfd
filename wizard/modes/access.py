"""The resources that give workloads their roles, in any mode: APIs, service accounts and grants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wizard.engine.resource import Resource
from wizard.resources.account_keys import DisabledKeys
from wizard.resources.grants import Grants, ProjectGrants, ServiceAccountGrants
from wizard.resources.resource_grants import ResourceGrants
from wizard.resources.service_account import ServiceAccount
from wizard.resources.services import EnabledServices
from wizard.setup import products, resource_types
from wizard.setup.resource_types import PROJECT, ResourceName
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
    says_kept: bool = False
    """Whether the plan says which roles it has on a resource beside those that it needs there."""

    @property
    def holder(self) -> str:
        """The member that gets the roles."""
        return f"serviceAccount:{self.email}" if self.email else self.principal


def roles(grants: Iterable[Grant]) -> dict[str, list[str]]:
    """Return the roles to grant, by place: the ID of a project, or the relative name of another resource."""
    by_place: dict[str, list[str]] = defaultdict(list)
    for grant in grants:
        place = on_of(grant).place
        by_place[place] += [role for role in grant.roles if role not in by_place[place]]
    return dict(by_place)


def on_of(grant: Grant) -> ResourceName:
    """Return the resource that a grant is on."""
    found = resource_types.parse(grant.on)
    assert found, "the setup was checked"
    return found


def projects(grants: Iterable[Grant]) -> list[str]:
    """Return the IDs of the projects that have the resources of grants, each once."""
    return list(dict.fromkeys(filter(None, (on_of(grant).project for grant in grants))))


def services(workloads: Iterable[Workload]) -> defaultdict[str, set[str]]:
    """Return the APIs that targets and impersonation need in each project, by project ID."""
    by_project: defaultdict[str, set[str]] = defaultdict(set)
    for workload in workloads:
        if workload.email:
            by_project[workload.home] |= {"iam.googleapis.com", "iamcredentials.googleapis.com"}
        for grant in workload.grants:
            on = on_of(grant)
            if on.type is PROJECT:
                by_project[on.project] |= _apis(grant)
    return by_project


def called_apis(workloads: Iterable[Workload]) -> set[str]:
    """Return the APIs that the setup's own project needs, because grants are on resources that are not projects.

    Calls about them are charged to the setup's project. The project that has them is left as it is: it may be another
    team's, and its API is on, since the resources exist.
    """
    grants = [(on_of(grant), grant) for workload in workloads for grant in workload.grants]
    found: set[str] = set()
    for on, grant in grants:
        if on.type is not PROJECT:
            found |= {f"{on.type.api}.googleapis.com", *_apis(grant)}
    return found


def _apis(grant: Grant) -> set[str]:
    return {service for service in map(products.service_of, grant.roles) if service}


def enabled(wanted: Mapping[str, set[str]]) -> dict[str, EnabledServices]:
    """Return the resource that enables the wanted APIs of each project, by project ID."""
    return {project: EnabledServices(project, tuple(sorted(names))) for project, names in wanted.items()}


def resources(workloads: Sequence[Workload], on: Mapping[str, EnabledServices], pool: Resource) -> list[Resource]:
    """Return the service accounts, the grants on them, and the grants on other resources, in this order.

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
    return [*accounts.values(), *account_grants, *_target_grants(workloads, on, pool, accounts)]


def _target_grants(
    workloads: Sequence[Workload],
    on: Mapping[str, EnabledServices],
    pool: Resource,
    accounts: Mapping[str, ServiceAccount],
) -> list[Resource]:
    wanted: dict[str, Members] = defaultdict(dict)
    first: dict[str, dict[Resource, None]] = defaultdict(dict)
    for workload in workloads:
        holder = accounts[workload.email] if workload.email else pool
        for place, names in roles(workload.grants).items():
            first[place][holder] = None
            for role in names:
                wanted[place][role] = _unique([*wanted[place].get(role, ()), workload.holder])
    also = {workload.principal: workload.also for workload in workloads if not workload.email}
    kept = frozenset(workload.holder for workload in workloads if workload.says_kept)
    return [_grants_at(place, grants, tuple(first[place]), on, also, kept) for place, grants in wanted.items()]


def _grants_at(
    place: str,
    grants: Members,
    first: tuple[Resource, ...],
    enabled_in: Mapping[str, EnabledServices],
    also: Members,
    kept: frozenset[str],
) -> Grants:
    """Return the grants on one resource. They need what is `first`, and the APIs of the resource's project."""
    name = resource_types.of_place(place)
    assert name, "the setup was checked"
    if name.type is PROJECT:
        return ProjectGrants(place, grants, (*first, enabled_in[place]), also, kept)
    return ResourceGrants(name.project, grants, (*first, *enabled_in.values()), also, kept, on=name)


def disabled_keys(emails: Iterable[tuple[str, str]], needs: tuple[Resource, ...]) -> list[Resource]:
    """Return the service accounts whose keys are to be disabled, given as pairs of project ID and email."""
    return [DisabledKeys(project, email, needs) for project, email in dict.fromkeys(emails)]


def _unique(members: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(members))
