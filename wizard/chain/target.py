"""The targets of a live test: projects on which the wanted roles are proved by their permissions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from wizard.chain.hop import Outcome
from wizard.chain.project_policy import Names, ProjectPolicy
from wizard.setup import products

RUNS_QUERIES = "bigquery.jobs.create"

Gone = Literal["", "absent", "deleted"]
"""Why a role cannot be granted; empty if it can."""


@dataclass(frozen=True)
class WantedRole:
    """A role that the workload needs on a project, and the permissions of it that are tested there.

    `untested` says why none is tested: there is none that a project can test, or they could not be read. `shared` are
    other roles that the workload may have, each with those of the tested permissions that it contains too; `within` are
    those of them that contain every permission of this role.
    """

    name: str
    tested: tuple[str, ...] = ()
    untested: str = ""
    gone: Gone = ""
    shared: Mapping[str, frozenset[str]] = field(default_factory=dict)
    within: tuple[str, ...] = ()
    runs_queries: bool = False
    """Whether it is a role with which BigQuery jobs are run."""


@dataclass(frozen=True)
class Target:
    """A project, the roles that are wanted on it, and its policy; None if the operator could not read it."""

    project: str
    roles: tuple[WantedRole, ...] = ()
    policy: ProjectPolicy | None = None

    @property
    def permissions(self) -> list[str]:
        """The permissions to test, each once."""
        return list(dict.fromkeys(permission for role in self.roles for permission in role.tested))

    @property
    def nobody_has_one(self) -> bool:
        """Whether the policy shows that nobody at all has one of the roles, so that waiting for it is in vain."""
        policy = self.policy
        return policy is not None and any(not policy.members(role.name) for role in self.roles)


def permission_request(targets: Iterable[Target]) -> list[dict[str, Any]]:
    """The permissions to test, as the probe takes them."""
    return [{"project": target.project, "permissions": target.permissions} for target in targets if target.permissions]


_OTHER_PROBE = "the printed probe does not contain this role: print the probe again"


def as_tested(targets: Iterable[Target], tested: Mapping[str, frozenset[str]]) -> tuple[Target, ...]:
    """Return the targets with only those permissions that a probe tested. `tested` has permissions by project."""
    return tuple(
        replace(target, roles=tuple(_as_tested(role, tested.get(target.project, frozenset())) for role in target.roles))
        for target in targets
    )


def _as_tested(role: WantedRole, tested: frozenset[str]) -> WantedRole:
    kept = tuple(permission for permission in role.tested if permission in tested)
    return replace(role, tested=kept, untested=_OTHER_PROBE) if role.tested and not kept else replace(role, tested=kept)


def product_hosts(targets: Iterable[Target]) -> list[str]:
    """Return the hosts of the products that the wanted roles are for, each once."""
    services = [products.service_of(role.name) for target in targets for role in target.roles]
    return sorted({service for service in services if service})


def bigquery_project(targets: Iterable[Target]) -> str | None:
    """Return the ID of the project in which a query can be tried; None if no wanted role is for running jobs."""
    for target in targets:
        if any(role.runs_queries for role in target.roles):
            return target.project
    return None


def missing_roles(outcome: Outcome) -> str:
    """The roles that the outcome found missing, each with its project, such as `roles/viewer on acme`."""
    missing = [f"{role} on {project}" for role, project in missing_pairs(outcome)]
    return ", ".join(missing) or "a role on the target"


def missing_pairs(outcome: Outcome) -> list[tuple[str, str]]:
    """The roles that the outcome found missing, each with the ID of its project; empty if it tested no roles."""
    return [
        (each["role"], each["project"]) for each in outcome.received.get("roles", ()) if each["status"] == "missing"
    ]


def is_stored(outcome: Outcome, targets: Iterable[Target], names: Names | None) -> bool:
    """Return whether the policies grant every role that the outcome found missing, without a condition.

    `names` tells which members of a policy are who needs the roles; None if that is not known.
    """
    policies, missing = {target.project: target.policy for target in targets}, missing_pairs(outcome)
    if names is None or not missing:
        return False
    for role, project in missing:
        policy = policies.get(project)
        if policy is None or policy.holding(role, names).how != "granted":
            return False
    return True


def holders_of_missing(outcome: Outcome, targets: Iterable[Target]) -> tuple[str, ...] | None:
    """Return everyone who has one of the roles that the outcome found missing; None if a policy was not read."""
    policies = {target.project: target.policy for target in targets}
    holders: dict[str, None] = {}
    missing = missing_pairs(outcome)
    for role, project in missing:
        policy = policies.get(project)
        if policy is None:
            return None
        holders.update(dict.fromkeys(policy.members(role)))
    return tuple(holders) if missing else None
