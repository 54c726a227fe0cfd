"""The organization policies that hold for a project, as far as they decide whether a workload gets a token."""

from __future__ import annotations

from wizard.clouds.session import Clouds

TOKEN_LIFETIME = "constraints/iam.allowServiceAccountCredentialLifetimeExtension"
"""Lists the service accounts whose tokens can live for up to twelve hours.

Source: https://docs.cloud.google.com/resource-manager/docs/organization-policy/restricting-service-accounts
"""


def allows(clouds: Clouds, project: str, constraint: str, value: str) -> bool:
    """Return whether the effective policy of a list constraint allows a value on a project. Raises CloudError."""
    path, asked = f"/v1/projects/{project}:getEffectiveOrgPolicy", {"constraint": constraint}
    listed = clouds.google.call("cloudresourcemanager", "POST", path, asked).get("listPolicy", {})
    allowed, denied = listed.get("allowedValues", ()), listed.get("deniedValues", ())
    if value in denied or f"is:{value}" in denied:
        return False
    return listed.get("allValues") == "ALLOW" or value in allowed or f"is:{value}" in allowed
