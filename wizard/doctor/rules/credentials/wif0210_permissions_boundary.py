"""The caller's permissions boundary does not allow the request.

A permissions boundary sets the maximum permissions of an IAM user or role. AWS denies an action that the boundary does
not allow, even if a policy of the user or role allows the action.

To confirm this cause, run:

    aws iam get-role --role-name NAME --query Role.PermissionsBoundary

Fix: add the action to the permissions boundary, or use a role without a permissions boundary.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the permissions boundary of the caller that the error message names."
ASK = questions.ROLE
MESSAGES = (
    Message(
        pattern=r"with an explicit deny in a permissions boundary",
        side="AWS",
        hop="aws-credentials",
        weight=5,
    ),
    Message(
        pattern=r"because no permissions boundary allows the (?P<action>[\w:]+) action",
        side="AWS",
        hop="aws-credentials",
        weight=5,
    ),
)
