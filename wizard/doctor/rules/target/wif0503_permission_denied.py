"""The caller does not have a required permission on the target.

The token is valid. The token's identity has no role that contains the permission in the error message, on the resource
or on its parents (project, folder, organization). If the resource does not exist, Google Cloud can return the same
error.

To see which roles contain the permission, look up the permission in the IAM permissions reference of Google Cloud.

If the policy already grants the role, and the grant is older than 10 minutes, look for a deny policy or a principal
access boundary policy.

Fix: use wif-wizard apply to grant a role with this permission to the workload, or to the service account that the
workload impersonates.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles of the workload, or of the service account that it impersonates, on the target's project."
ASK = questions.WORKLOAD
MESSAGES = (
    Message(
        pattern=r"""Permission ['\"]?(?P<permission>[a-z][\w]*\.[\w.]+)['\"]? denied""",
        side="Google Cloud",
        hop="permission",
        weight=2,
    ),
    Message(
        pattern=r"does not have (?P<permission>[a-z]\w*\.[\w.]+) (permission|access)\b",
        side="Google Cloud",
        hop="permission",
        weight=2,
    ),
    Message(
        pattern=r"\bIAM_PERMISSION_DENIED\b",
        side="Google Cloud",
        hop="permission",
    ),
    Message(
        pattern=r"missing IAM permission:? ['\"]?(?P<permission>[a-z]\w*\.[\w.]*\w)",
        side="Google Cloud",
        hop="permission",
        weight=2,
    ),
    Message(
        pattern=r"Required ['\"](?P<permission>[a-z]\w*\.[\w.]+)['\"] permission(\(s\))? for ['\"]?projects/",
        side="Google Cloud",
        hop="permission",
        weight=2,
    ),
    Message(
        pattern=r"\b(PERMISSION_DENIED|403)\b\W{1,40}User not authorized to perform this action",
        side="Google Cloud",
        hop="permission",
    ),
)
