"""The policies above a project, whose grants the project inherits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds

Json = dict[str, Any]

_API = "cloudresourcemanager"
_RETRY_FOR = 3.0
"""Seconds. Nothing depends on these policies, so that the plan does not wait long for them."""


def policies_above(clouds: Clouds, project: str) -> list[tuple[str, Json]]:
    """Return the policies of the folders and the organization that contain a project, each with its resource name.

    Policies that the operator does not have permission to read are left out.
    """
    above = _ancestors(clouds, project)
    with ThreadPoolExecutor() as readers:
        policies = readers.map(lambda name: read_policy(clouds, name), above)
        return [(name, policy) for name, policy in zip(above, policies, strict=True) if policy]


def read_policy(clouds: Clouds, name: str) -> Json | None:
    """Return the policy of a project, a folder or an organization, in version 3; None if it cannot be read."""
    body = {"options": {"requestedPolicyVersion": 3}}
    version = "v1" if name.startswith("projects/") else "v3"
    try:
        return clouds.google.call(_API, "POST", f"/{version}/{name}:getIamPolicy", body, retry_for=_RETRY_FOR)
    except CloudError:
        return None


def _ancestors(clouds: Clouds, project: str) -> list[str]:
    """Return the names of the folders and of the organization; nothing if they cannot be read."""
    path = f"/v1/projects/{project}:getAncestry"
    try:
        answer = clouds.google.call(_API, "POST", path, body={}, retry_for=_RETRY_FOR)
    except CloudError:
        return []
    found = [ancestor.get("resourceId", {}) for ancestor in answer.get("ancestor", ())]
    return [f"{each['type']}s/{each['id']}" for each in found if each.get("type") in ("folder", "organization")]
