"""Facts for a live test that the operator can read, in any mode: who has which roles, and the recent grants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from wizard.chain.recent_grants import RecentGrant
from wizard.chain.signatures import signatures
from wizard.chain.target import Target
from wizard.clouds import endpoints
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.journal import Journal
from wizard.engine.resource import Resource
from wizard.modes import live_grants
from wizard.modes.access import IMPERSONATE
from wizard.resources.held import Held
from wizard.resources.kind import Kind

_RUNS_QUERIES = ("bigquery.jobs.create", "bigquery.readsessions.create")
_RUNS_LOOKED_AT = 20


@dataclass(frozen=True)
class Policies:
    """What the operator can read about the grants that the hops need. `held` has them by hop, with their conditions.

    `account_disabled` is None if the workload impersonates no service account, or if the account cannot be read.
    """

    held: dict[str, tuple[Held, ...]]
    account_disabled: bool | None

    @property
    def members(self) -> dict[str, tuple[str, ...]]:
        """The members that have what each hop needs, by hop."""
        return {hop: live_grants.members(held) for hop, held in self.held.items()}


def policies(clouds: Clouds, roles: dict[str, list[str]], email: str | None, home: str) -> Policies:
    """Return the grants that the hops need. Hops whose policies cannot be read are left out.

    `roles` are wanted on each project. `email` is the service account to impersonate, in the project `home`.
    """
    by_hop: dict[str, tuple[Held, ...] | None] = {"permission": _on_projects(clouds, roles) if roles else None}
    if email:
        by_hop["impersonation"] = _impersonators(clouds, email, home)
    held = {hop: found for hop, found in by_hop.items() if found is not None}
    return Policies(held, _disabled(clouds, email, home) if email else None)


def _on_projects(clouds: Clouds, roles: dict[str, list[str]]) -> tuple[Held, ...] | None:
    """Return the grants of the roles on all projects; None if a policy cannot be read."""
    held: tuple[Held, ...] = ()
    for project, names in roles.items():
        found = _held(partial(_project_policy, clouds, project), names, f"projects/{project}")
        if found is None:
            return None
        held += found
    return held


def _impersonators(clouds: Clouds, email: str, home: str) -> tuple[Held, ...] | None:
    """Return the grants on the service account, and those on its project as far as they can be read."""
    roles, name = [IMPERSONATE], f"projects/{home}/serviceAccounts/{email}"
    own = _held(partial(clouds.google_iam.get_policy, home, email), roles, name)
    inherited = _held(partial(_project_policy, clouds, home), roles, f"projects/{home}")
    return None if own is None else (*own, *(inherited or ()))


def _disabled(clouds: Clouds, email: str, home: str) -> bool | None:
    try:
        return bool(clouds.google_iam.get_service_account(home, email).get("disabled", False))
    except CloudError:
        return None


def targets_of(roles: Mapping[str, list[str]]) -> tuple[Target, ...]:
    """Return what the test proves about roles, by the ID of the project."""
    return tuple(Target(project, signatures(names)[0]) for project, names in roles.items())


def bigquery_project(targets: Sequence[Target]) -> str | None:
    """Return the ID of the project in which a query can be tried; None if no wanted role allows queries."""
    for target in targets:
        if any(permission in target.permissions for permission in _RUNS_QUERIES):
            return target.project
    return None


def _project_policy(clouds: Clouds, project: str) -> dict[str, Any]:
    body = {"options": {"requestedPolicyVersion": 3}}
    return clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{project}:getIamPolicy", body)


def _held(read: Callable[[], dict[str, Any]], roles: list[str], on: str) -> tuple[Held, ...] | None:
    try:
        policy = read()
    except CloudError:
        return None
    return tuple(live_grants.holders(policy, roles, on, datetime.now(UTC)))


def recent_grants(resources: Sequence[Resource]) -> Iterator[RecentGrant]:
    """Yield each write to these resources that the journal has, once for each hop that needs it."""
    needed_at = {resource.identity: resource.needed_at for resource in resources if isinstance(resource, Kind)}
    journal = Journal()
    for run in journal.runs()[:_RUNS_LOOKED_AT]:
        for write in journal.writes(run.id):
            if write.finished and write.outcome == "done":
                for hop in needed_at.get((write.kind, write.name), ()):
                    yield RecentGrant(hop, datetime.fromisoformat(write.finished))


def endpoints_of(clouds: Clouds) -> dict[str, str]:
    """Return the URLs of the APIs that the test calls."""
    return {
        "sts": endpoints.google("sts", clouds.environ),
        "iamcredentials": endpoints.google("iamcredentials", clouds.environ),
        "resource_manager": endpoints.google("cloudresourcemanager", clouds.environ),
        "bigquery": endpoints.google("bigquery", clouds.environ),
    }
