"""The caller does not have a permission on the target.

The token is valid. Its identity has no role with the permission that the message names, on this resource or above it;
or the resource does not exist, which Google Cloud does not tell apart.

To see which roles have the permission, look it up in the reference of IAM permissions.

Fix: grant a role with this permission to the workload, or to the service account that it impersonates, with wif-wizard
apply.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles of the workload, or of the service account that it impersonates, on the project of the target."
)
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
)
