"""Who uses a workload identity pool, as far as policies and its providers tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from wizard.clouds.project import project_number
from wizard.clouds.session import Clouds
from wizard.engine.resource import DELETED, Change, Resource, leaves
from wizard.language import _, translated
from wizard.resources import policy_search
from wizard.resources.grants import Grants

_HAS_ROLE = "{member} has the role {role} on the project {project}."
_HAS_ROLE_ON = "{member} has the role {role} on {on}."
_PROVIDER = "The pool has the provider {provider}, which the run did not create."
_UNDELETE = "Google Cloud keeps the deleted {what} until {date}. You can undelete the {what} until then."
_KEPT = timedelta(days=30)
"""How long pools, providers and service accounts can be undeleted. Source: IAM documentation."""

Going = Mapping[Resource, Change]
"""What the same revert takes back, by resource."""


def granted_members(clouds: Clouds, project: str, pool: str, going: Going) -> list[str]:
    """Return the roles of the pool's members, on any resource, without those that go, one sentence each.

    Raises CloudError, and Refused if the operator may not search the policies of other resources.
    """
    on_project = [
        _(_HAS_ROLE).format(member=member, role=role, project=project)
        for role, member in granted_pairs(clouds, project, pool, going)
    ]
    return on_project or list(_elsewhere(clouds, project, pool, going))


def _elsewhere(clouds: Clouds, project: str, pool: str, going: Going) -> Iterator[str]:
    """Yield a sentence for each role of the pool's members on a resource other than the pool's project."""
    inside = _inside(clouds, project, pool)
    own = (f"projects/{project}", f"projects/{project_number(clouds, project)}")
    for granted in policy_search.members_of(clouds, project, "workloadIdentityPools", inside):
        goes = (granted.role, granted.member) in removed_grants(going, granted.name) and not granted.has_condition
        if granted.name not in own and not goes:
            yield _(_HAS_ROLE_ON).format(member=granted.member, role=granted.role, on=granted.on)


def _inside(clouds: Clouds, project: str, pool: str) -> str:
    """Return what the names of all members of a pool have in common."""
    number = project_number(clouds, project)
    return f"//iam.googleapis.com/projects/{number}/locations/global/workloadIdentityPools/{pool}/"


def granted_pairs(clouds: Clouds, project: str, pool: str, going: Going) -> list[tuple[str, str]]:
    """Return role and member of what members of a pool have on its project, without what goes. Raises CloudError."""
    body = {"options": {"requestedPolicyVersion": 3}}
    policy = clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{project}:getIamPolicy", body)
    inside = _inside(clouds, project, pool)
    removed = removed_grants(going, f"projects/{project}")
    found = []
    for binding in policy.get("bindings") or ():
        for member in binding.get("members") or ():
            goes = (binding["role"], member) in removed and not binding.get("condition")
            if inside in member and not goes:
                found.append((str(binding["role"]), str(member)))
    return found


def removed_grants(going: Going, name: str) -> set[tuple[str, str]]:
    """Return the pairs of role and member that a revert removes from the policy of a resource, by its name."""
    removed: set[tuple[str, str]] = set()
    for resource, change in going.items():
        if isinstance(resource, Grants) and resource.name == name:
            removed |= {(path[0], path[1]) for path, _ in leaves(change.after) if len(path) > 1}
    return removed


def other_providers(clouds: Clouds, project: str, pool: str, going: Going) -> list[str]:
    """Return the active providers of a pool that do not go, one sentence each. Raises CloudError."""
    name = f"projects/{project}/locations/global/workloadIdentityPools/{pool}"
    gone = {resource.name.rpartition("/")[2] for resource in going if resource.name.startswith(f"{name}/providers/")}
    query = {"pageSize": "100"}
    found = []
    while True:
        answer = clouds.google.call("iam", "GET", f"/v1/{name}/providers", query=query)
        for provider in answer.get("workloadIdentityPoolProviders") or ():
            short = str(provider["name"]).rpartition("/")[2]
            if provider.get("state") != DELETED and short not in gone:
                found.append(_(_PROVIDER).format(provider=short))
        if not answer.get("nextPageToken"):
            return found
        query["pageToken"] = str(answer["nextPageToken"])


def undeletable(what: str, now: datetime | None = None) -> str:
    """Return until when something that is deleted now can be undeleted, as one sentence. `what` is in English."""
    until = (now or datetime.now(UTC)) + _KEPT
    return _(_UNDELETE).format(what=translated(what), date=until.date().isoformat())
