"""The policies above a project or another resource, whose grants it inherits."""

from __future__ import annotations

from typing import Any

from wizard.clouds import iam_policies
from wizard.clouds.errors import CloudError
from wizard.clouds.project import parent as project_parent
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.setup import resource_types
from wizard.setup.resource_types import BUCKET, FOLDER, ORGANIZATION, PROJECT, ResourceName

Json = dict[str, Any]

_API = "cloudresourcemanager"
_RETRY_FOR = 3.0
"""Seconds. Nothing depends on these policies, so that the plan does not wait long for them."""


def policies_above(clouds: Clouds, project: str) -> list[tuple[str, Json]]:
    """Return the policies of the folders and the organization that contain a project, each with its resource name.

    Policies that the operator does not have permission to read are left out.
    """
    return [(name, policy) for name, policy in above(clouds, project) or () if policy]


def above(clouds: Clouds, project: str) -> list[tuple[str, Json | None]] | None:
    """Return the folders and the organization that contain a project, each with its policy; None if it is not readable.

    Returns None if the operator cannot read what contains the project.
    """
    names = names_above(clouds, project)
    return None if names is None else _with_policies(clouds, names)


def above_resource(clouds: Clouds, on: ResourceName) -> list[tuple[str, Json | None]] | None:
    """Return everything from which a resource inherits grants, as `above` does for a project."""
    if on.type is PROJECT:
        return above(clouds, on.project)
    if on.type in (FOLDER, ORGANIZATION):
        outer_names = containers(clouds, on.name)
        return None if outer_names is None else _with_policies(clouds, outer_names)
    within = []
    while (outer := on.within()) is not None:
        within.append(outer.name)
        on = outer
    project = on.project or project_of(clouds, on)
    if not project:
        return None
    names = names_above(clouds, project)
    return None if names is None else _with_policies(clouds, [*within, f"projects/{project}", *names])


def readable_above(clouds: Clouds, on: ResourceName) -> list[tuple[str, Json]]:
    """Return the policies from which a resource inherits grants, as far as the operator can read them."""
    return [(name, policy) for name, policy in above_resource(clouds, on) or () if policy]


def read_policy(clouds: Clouds, name: str) -> Json | None:
    """Return the policy of a resource, by its relative name, in version 3; None if it cannot be read."""
    on = resource_types.parse(name) or ResourceName(PROJECT, (("project", name.removeprefix("projects/")),))
    try:
        return iam_policies.get_policy(clouds.google, on, _RETRY_FOR)
    except CloudError:
        return None


def _with_policies(clouds: Clouds, names: list[str]) -> list[tuple[str, Json | None]]:
    if not names:
        return []
    with Readers() as readers:
        policies = readers.map(lambda name: read_policy(clouds, name), names)
        return list(zip(names, policies, strict=True))


def project_of(clouds: Clouds, on: ResourceName) -> str:
    """Return the number of the project of a bucket; empty if the operator cannot read it."""
    if on.type is not BUCKET:
        return ""
    try:
        return iam_policies.project_of_bucket(clouds.google, on.id)
    except CloudError:
        return ""


def containers(clouds: Clouds, name: str) -> list[str] | None:
    """Return the names of what contains a folder, from the nearest on; None if one of them cannot be read."""
    found: list[str] = []
    while name.startswith("folders/"):
        try:
            name = str(clouds.google.call(_API, "GET", f"/v3/{name}", retry_for=_RETRY_FOR).get("parent", ""))
        except CloudError:
            return None
        if not name or name in found:
            break
        found.append(name)
    return found


def names_above(clouds: Clouds, project: str) -> list[str] | None:
    """Return the names of the folders and of the organization, from the nearest on; None if they cannot be read."""
    parent = project_parent(clouds, project)
    if parent is not None and not parent.startswith("folders/"):
        return [parent] if parent else []
    path = f"/v1/projects/{project}:getAncestry"
    try:
        answer = clouds.google.call(_API, "POST", path, body={}, retry_for=_RETRY_FOR)
    except CloudError:
        return None
    found = [ancestor.get("resourceId", {}) for ancestor in answer.get("ancestor", ())]
    return [f"{each['type']}s/{each['id']}" for each in found if each.get("type") in ("folder", "organization")]
