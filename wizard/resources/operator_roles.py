"""The predefined roles that give an operator the permissions that changes need."""

from __future__ import annotations

ROLES_BY_PERMISSION = {
    "iam.workloadIdentityPool": "roles/iam.workloadIdentityPoolAdmin",
    "iam.serviceAccounts.": "roles/iam.serviceAccountAdmin",
    "resourcemanager.projects.setIamPolicy": "roles/resourcemanager.projectIamAdmin",
    "serviceusage.services.": "roles/serviceusage.serviceUsageAdmin",
    "container.": "roles/container.clusterAdmin",
}
"""The narrowest predefined role with a Google permission, by the prefix of the permission."""


def role_for(permission: str) -> str | None:
    """Return the role that gives a Google permission; None if the permission is not in the table."""
    for prefix, role in ROLES_BY_PERMISSION.items():
        if permission.startswith(prefix):
            return role
    return None
