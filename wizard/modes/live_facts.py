"""Facts for a live test that the operator can read, in any mode: who has which roles, and the recent grants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from wizard.chain.recent_grants import RecentGrant
from wizard.clouds import endpoints
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.journal import Journal
from wizard.engine.resource import Resource
from wizard.modes.access import IMPERSONATE
from wizard.resources.kind import Kind

_RUNS_LOOKED_AT = 20


def impersonators(clouds: Clouds, home: str, email: str | None) -> dict[str, tuple[str, ...]]:
    """Return who can impersonate the service account `email` in the project `home`, as {"impersonation": members}.

    Empty if the workload impersonates none, or if its policy cannot be read.
    """
    if not email:
        return {}
    try:
        bindings = clouds.google_iam.get_policy(home, email).get("bindings", [])
    except CloudError:
        return {}
    wanted = (binding for binding in bindings if binding["role"] == IMPERSONATE)
    return {"impersonation": tuple(member for binding in wanted for member in binding.get("members", ()))}


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
