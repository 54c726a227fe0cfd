"""The policies above a project, whose grants the project inherits."""

from __future__ import annotations

from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.project import parent as project_parent
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers

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
    names = _ancestors(clouds, project)
    if not names:
        return None if names is None else []
    with Readers() as readers:
        policies = readers.map(lambda name: read_policy(clouds, name), names)
        return list(zip(names, policies, strict=True))


def read_policy(clouds: Clouds, name: str) -> Json | None:
    """Return the policy of a project, a folder or an organization, in version 3; None if it cannot be read."""
    body = {"options": {"requestedPolicyVersion": 3}}
    version = "v1" if name.startswith("projects/") else "v3"
    try:
        return clouds.google.call(_API, "POST", f"/{version}/{name}:getIamPolicy", body, retry_for=_RETRY_FOR)
    except CloudError:
        return None


def _ancestors(clouds: Clouds, project: str) -> list[str] | None:
    """Return the names of the folders and of the organization; None if they cannot be read."""
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
