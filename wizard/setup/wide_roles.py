"""Roles that let a workload do more than one task needs: not refused, but said plainly.

Sources: https://docs.cloud.google.com/iam/docs/roles-overview (basic roles),
https://docs.cloud.google.com/iam/docs/service-account-permissions (roles that lead to other identities).
"""

from __future__ import annotations

_WIDE = {
    "roles/owner": "may do everything in the project, and let others do it",
    "roles/editor": "may change and delete nearly everything in the project",
    "roles/viewer": "may read nearly everything in the project",
    "roles/iam.securityAdmin": "may give itself any role in the project",
    "roles/resourcemanager.projectIamAdmin": "may give itself any role in the project",
    "roles/iam.serviceAccountAdmin": "may let itself act as every service account of the project",
    "roles/iam.serviceAccountKeyAdmin": "may make keys of every service account of the project",
    "roles/iam.serviceAccountTokenCreator": "may act as every service account of the project",
    "roles/iam.serviceAccountUser": "may run things as every service account of the project",
    "roles/iam.workloadIdentityUser": "may act as every service account of the project",
}


def too_wide(role: str) -> str | None:
    """What a role allows beyond a task, as the end of a sentence that begins with the role; None if nothing is known.

    `role` is meant to be granted on a project, as roles are here.
    """
    if role in _WIDE:
        return _WIDE[role]
    if role.startswith("roles/") and role.endswith(".admin"):
        return "may also delete what is there, and decide who else gets in"
    return None
