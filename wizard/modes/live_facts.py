"""What the operator can read beside a live test, whatever the mode: who holds what, and what was granted recently."""

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
    """Hop -> who holds what it needs: `roles` on projects, and the right to act as the service account `email`."""
    found: dict[str, tuple[str, ...] | None] = {}
    for project, names in roles.items():
        found["permission"] = _holders(partial(_project_policy, clouds, project), names)
    if email:
        found["impersonation"] = _holders(partial(clouds.google_iam.get_policy, home, email), [IMPERSONATE])
    return {hop: members for hop, members in found.items() if members is not None}


def bigquery_project(targets: Sequence[Target]) -> str | None:
    """The project in which a query can be tried, if a role for that is wanted."""
    return next((each.project for each in targets if any(one in each.permissions for one in _RUNS_QUERIES)), None)


def _project_policy(clouds: Clouds, project: str) -> dict[str, Any]:
    body = {"options": {"requestedPolicyVersion": 3}}
    return clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{project}:getIamPolicy", body)


def _holders(read: Callable[[], dict[str, Any]], roles: list[str]) -> tuple[str, ...] | None:
    try:
        bindings = read().get("bindings", [])
    except CloudError:
        return None
    return tuple(member for each in bindings if each["role"] in roles for member in each.get("members", ()))


def recent_grants(resources: Sequence[Resource]) -> Iterator[RecentGrant]:
    """What the journal says was written to these resources, with the hops that it is needed at."""
    needed_at = {each.identity: each.needed_at for each in resources if isinstance(each, Kind)}
    journal = Journal()
    for run in journal.runs()[:_RUNS_LOOKED_AT]:
        for write in journal.writes(run.id):
            if write.finished and write.outcome == "done":
                for hop in needed_at.get((write.kind, write.name), ()):
                    yield RecentGrant(hop, datetime.fromisoformat(write.finished))


def endpoints_of(clouds: Clouds) -> dict[str, str]:
    """Where the test finds the APIs that it calls."""
    return {
        "sts": endpoints.google("sts", clouds.environ),
        "iamcredentials": endpoints.google("iamcredentials", clouds.environ),
        "resource_manager": endpoints.google("cloudresourcemanager", clouds.environ),
        "bigquery": endpoints.google("bigquery", clouds.environ),
    }
