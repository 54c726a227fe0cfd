"""The targets of a live test: projects on which the wanted roles are proved by their permissions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import quote

from wizard.chain.hop import Outcome
from wizard.chain.project_policy import Names, ProjectPolicy
from wizard.clouds import endpoints, iam_policies
from wizard.language import _
from wizard.setup import products, resource_types
from wizard.setup.resource_types import PROJECT, TABLE

RUNS_QUERIES = "bigquery.jobs.create"
READS_TABLES = "bigquery.tables.getData"

Gone = Literal["", "absent", "deleted", "disabled"]
"""Why a role gives no permission to anyone; empty if it does."""


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
    reads_tables: bool = False
    """Whether it is a role with which the data of BigQuery tables is read."""


@dataclass(frozen=True)
class Target:
    """A resource, the roles that are wanted on it, and its policy; None if the operator could not read it.

    `project` is the ID of a project, or the relative name of another resource.
    """

    project: str
    roles: tuple[WantedRole, ...] = ()
    policy: ProjectPolicy | None = None
    tested_on: str = ""
    """The name of the resource on which the permissions are tested; empty if that is the target itself."""

    @property
    def permissions(self) -> list[str]:
        """The permissions to test, each once."""
        return list(dict.fromkeys(permission for role in self.roles for permission in role.tested))

    @property
    def nobody_has_one(self) -> bool:
        """Whether the policy shows that nobody at all has one of the roles, so that waiting for it is in vain."""
        policy = self.policy
        return policy is not None and any(not policy.members(role.name) for role in self.roles)


def permission_request(targets: Iterable[Target], urls: Mapping[str, str]) -> list[dict[str, Any]]:
    """The permissions to test, as the probe takes them. `urls` has base URLs that are not the public ones, by API."""
    return [_asked(target, urls) for target in targets if target.permissions]


def _asked(target: Target, urls: Mapping[str, str]) -> dict[str, Any]:
    asked = {"project": target.project, "permissions": target.permissions}
    on = resource_types.of_place(target.tested_on or target.project)
    if on is None or on.type is PROJECT:
        return asked
    call = iam_policies.testing_call(on)
    base = urls.get(call.api) or endpoints.google(call.api, {})
    path = call.path if call.method == "GET" else quote(call.path, safe="/:@-._~")
    return asked | {"url": base.rstrip("/") + path, "method": call.method}


def bigquery_request(targets: Sequence[Target], project: str | None) -> dict[str, Any] | None:
    """The dry run of a query, as the probe takes it: on a table that a role lets the workload read, if there is one.

    `project` is where the query can be tried; None if there is no such project.
    """
    if project is None:
        return None
    for target in targets:
        on = resource_types.of_place(target.tested_on or target.project)
        reads = any(role.reads_tables for role in target.roles)
        if on is not None and on.type is TABLE and reads:
            return {"project": project, "table": on.short.replace(":", ".")}
    return {"project": project}


_OTHER_PROBE = "the probe script does not contain this role: print and run a new script"


def as_tested(targets: Iterable[Target], tested: Mapping[str, frozenset[str]]) -> tuple[Target, ...]:
    """Return the targets with only those permissions that a probe tested. `tested` has permissions by project."""
    return tuple(
        replace(target, roles=tuple(_as_tested(role, tested.get(target.project, frozenset())) for role in target.roles))
        for target in targets
    )


def _as_tested(role: WantedRole, tested: frozenset[str]) -> WantedRole:
    kept = tuple(permission for permission in role.tested if permission in tested)
    return (
        replace(role, tested=kept, untested=_(_OTHER_PROBE)) if role.tested and not kept else replace(role, tested=kept)
    )


def product_hosts(targets: Iterable[Target]) -> list[str]:
    """Return the hosts of the products that the wanted roles are for, each once."""
    services = [products.service_of(role.name) for target in targets for role in target.roles]
    return sorted({service for service in services if service})


def bigquery_project(targets: Iterable[Target]) -> str | None:
    """Return the ID of the project in which a query can be tried; None if no wanted role is for running jobs."""
    for target in targets:
        on = resource_types.of_place(target.project)
        if any(role.runs_queries for role in target.roles) and (on is None or on.type is PROJECT):
            return target.project
    return None


def missing_roles(outcome: Outcome) -> str:
    """Return the roles that the outcome found missing, each with its project, for people."""
    missing = [_("{role} on {project}").format(role=role, project=project) for role, project in missing_pairs(outcome)]
    return ", ".join(missing) or _("a role on the target")


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
