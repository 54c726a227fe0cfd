"""Whether the operator has the permissions that a plan takes, checked before anything is tried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change
from wizard.resources.kind import Kind, Needed

GIVEN_BY = {
    "iam.workloadIdentityPool": "roles/iam.workloadIdentityPoolAdmin",
    "iam.serviceAccounts.": "roles/iam.serviceAccountAdmin",
    "resourcemanager.projects.setIamPolicy": "roles/resourcemanager.projectIamAdmin",
    "serviceusage.services.": "roles/serviceusage.serviceUsageAdmin",
    "container.": "roles/container.clusterAdmin",
}
"""How a Google permission begins -> the narrowest predefined role that holds it."""


@dataclass(frozen=True)
class Verdict:
    """Whether one needed permission is there: `unknown` with the reason where no one can be asked."""

    needed: Needed
    status: Literal["granted", "missing", "unknown"]
    fix: str = ""


def needed_for(changes: Sequence[Change]) -> list[Needed]:
    """Every permission that the pending changes take, each once."""
    found: dict[Needed, None] = {}
    for change in changes:
        if change.action != "none" and isinstance(change.resource, Kind):
            found.update(dict.fromkeys(change.resource.permissions(change)))
    return list(found)


def check(changes: Sequence[Change], clouds: Clouds) -> list[Verdict]:
    """A verdict on every permission that the changes take.

    Google is asked (projects.testIamPermissions, one call a project), and so is a cluster (SelfSubjectAccessReview,
    one call a permission). AWS has no such call that every operator may make: its actions are listed, and reading the
    role has shown that the operator's keys are good. Raises CloudError.
    """
    needed = needed_for(changes)
    projects: dict[str, list[Needed]] = defaultdict(list)
    for each in needed:
        if each.cloud == "google":
            projects[each.on].append(each)
    inside = [each for each in needed if each.cloud == "kubernetes"]
    with ThreadPoolExecutor(max_workers=max(len(projects) + len(inside), 1)) as pool:
        asked = pool.map(lambda item: _ask(clouds, *item), projects.items())
        kubernetes = pool.map(lambda each: _ask_cluster(clouds, each), inside)
        google = [verdict for verdicts in asked for verdict in verdicts]
        clusters = list(kubernetes)
    unasked = [each for each in needed if each.cloud not in ("google", "kubernetes")]
    return google + clusters + [Verdict(each, "unknown", "this cannot be checked beforehand") for each in unasked]


def _ask(clouds: Clouds, project: str, needed: list[Needed]) -> list[Verdict]:
    permissions = sorted({each.permission for each in needed})
    path = f"/v1/projects/{project}:testIamPermissions"
    try:
        answer = clouds.google.call("cloudresourcemanager", "POST", path, {"permissions": permissions})
    except CloudError as error:
        if error.service_disabled:
            why = "cloudresourcemanager.googleapis.com is not enabled yet, so nobody can be asked"
            return [Verdict(each, "unknown", why) for each in needed]
        raise
    held = set(answer.get("permissions", ()))
    return [Verdict(each, "granted") if each.permission in held else _missing(each) for each in needed]


def _ask_cluster(clouds: Clouds, needed: Needed) -> Verdict:
    assert needed.cluster is not None
    verb, _, resource = needed.permission.partition(" ")
    if clouds.kubernetes(needed.cluster).allowed(verb, resource, needed.namespace):
        return Verdict(needed, "granted")
    role = f"roles/container.developer on {needed.cluster.project}"
    return Verdict(needed, "missing", f"ask for a role in the cluster (RBAC) that allows it, or for {role}")


def _missing(needed: Needed) -> Verdict:
    role = next((role for start, role in GIVEN_BY.items() if needed.permission.startswith(start)), "")
    return Verdict(needed, "missing", f"ask for {role} on {needed.on}" if role else f"ask for it on {needed.on}")
