"""Roles that allow more than one workload needs. The wizard does not refuse them, but it warns about them.

Sources: https://docs.cloud.google.com/iam/docs/roles-overview (basic roles),
https://docs.cloud.google.com/iam/docs/service-account-permissions (roles that give access to other identities).
"""

from __future__ import annotations

_WIDE = {
    "roles/owner": "gives full control of the project, and of who else has access",
    "roles/editor": "allows changing and deleting nearly everything in the project",
    "roles/viewer": "allows reading nearly everything in the project",
    "roles/iam.securityAdmin": "allows the workload to grant itself any role in the project",
    "roles/resourcemanager.projectIamAdmin": "allows the workload to grant itself any role in the project",
    "roles/iam.serviceAccountAdmin": "allows the workload to grant itself access to every service account",
    "roles/iam.serviceAccountKeyAdmin": "allows creating keys for every service account of the project",
    "roles/iam.serviceAccountTokenCreator": "allows impersonating every service account of the project",
    "roles/iam.serviceAccountUser": "allows running workloads as every service account of the project",
    "roles/iam.workloadIdentityUser": "allows impersonating every service account of the project",
}


def too_wide(role: str) -> str | None:
    """Return why a role is wide when it is granted on a project; None if it is not known to be wide.

    The text is a predicate, whose subject is the role: "allows reading nearly everything in the project".
    """
    if role in _WIDE:
        return _WIDE[role]
    if role.startswith("roles/") and role.endswith(".admin"):
        return "also allows deleting resources, and changing who has access to them"
    return None
