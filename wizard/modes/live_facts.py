"""Facts for a live test that the operator can read, in any mode: who has which roles, and the recent grants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from wizard.chain.recent_grants import RecentGrant
from wizard.chain.target import Target
from wizard.clouds import endpoints
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.journal import Journal
from wizard.engine.resource import Resource
from wizard.modes.access import IMPERSONATE
from wizard.resources.kind import Kind

_RUNS_QUERIES = ("bigquery.jobs.create", "bigquery.readsessions.create")
_RUNS_LOOKED_AT = 20


def members(clouds: Clouds, roles: dict[str, list[str]], email: str | None, home: str) -> dict[str, tuple[str, ...]]:
    """Return the members that have what each hop needs, by hop. Policies that cannot be read are left out.

    `roles` are wanted on each project. `email` is the service account to impersonate, in the project `home`.
    """
    by_hop: dict[str, tuple[str, ...] | None] = {}
    for project, names in roles.items():
        by_hop["permission"] = _holders(partial(_project_policy, clouds, project), names)
    if email:
        by_hop["impersonation"] = _holders(partial(clouds.google_iam.get_policy, home, email), [IMPERSONATE])
    return {hop: members for hop, members in by_hop.items() if members is not None}


def bigquery_project(targets: Sequence[Target]) -> str | None:
    """Return the ID of the project in which a query can be tried; None if no wanted role allows queries."""
    for target in targets:
        if any(permission in target.permissions for permission in _RUNS_QUERIES):
            return target.project
    return None


def _project_policy(clouds: Clouds, project: str) -> dict[str, Any]:
    body = {"options": {"requestedPolicyVersion": 3}}
    return clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{project}:getIamPolicy", body)


def _holders(read: Callable[[], dict[str, Any]], roles: list[str]) -> tuple[str, ...] | None:
    try:
        bindings = read().get("bindings", [])
    except CloudError:
        return None
    wanted = (binding for binding in bindings if binding["role"] in roles)
    return tuple(member for binding in wanted for member in binding.get("members", ()))


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
