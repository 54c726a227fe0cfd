"""Roles that allow more than one workload needs. The wizard does not refuse them, but it warns about them.

Sources: https://docs.cloud.google.com/iam/docs/roles-overview (basic roles),
https://docs.cloud.google.com/iam/docs/service-account-permissions (roles that give access to other identities).
"""

from __future__ import annotations

from wizard.language import _

_WIDE = {
    "roles/owner": (
        "{role} is broad: the role gives full control of the project, including control of who has access to the "
        "project"
    ),
    "roles/editor": "{role} is broad: the role allows changing and deleting nearly everything in the project",
    "roles/viewer": "{role} is broad: the role allows reading nearly everything in the project",
    "roles/iam.securityAdmin": "{role} is broad: the role allows the workload to grant itself any role in the project",
    "roles/resourcemanager.projectIamAdmin": "{role} is broad: the role allows the workload to grant itself any role "
    "in the project",
    "roles/iam.serviceAccountAdmin": "{role} is broad: the role allows the workload to grant itself access to every "
    "service account",
    "roles/iam.serviceAccountKeyAdmin": "{role} is broad: the role allows creating keys for every service account of "
    "the project",
    "roles/iam.serviceAccountTokenCreator": "{role} is broad: the role allows impersonating every service account of "
    "the project",
    "roles/iam.serviceAccountUser": "{role} is broad: the role allows running workloads as every service account of "
    "the project",
    "roles/iam.workloadIdentityUser": "{role} is broad: the role allows impersonating every service account of the "
    "project",
}


def too_wide(role: str) -> str | None:
    """Return a sentence on why a role is wide when it is granted on a project; None if it is not known to be wide."""
    if role in _WIDE:
        return _(_WIDE[role]).format(role=role)
    if role.startswith("roles/") and role.endswith(".admin"):
        return _(
            "{role} is broad: the role allows deleting resources, and changing who has access to the resources"
        ).format(role=role)
    return None
