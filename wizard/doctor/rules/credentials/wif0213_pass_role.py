"""You do not have permission to pass the role to a service.

To register a definition with a role, or to start a task with a role, you need the permission iam:PassRole, which lets
you pass the role to the service.

To confirm this cause, read AWS's error message, which names the caller and the role.

Fix: ask for iam:PassRole on the role, with the condition iam:PassedToService for the service that runs the workload.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the policies of your AWS identity."
ASK = questions.ROLE
MESSAGES = (
    Message(
        pattern=r"User: (?P<caller>\S+) is not authorized to perform: iam:PassRole on resource: " r"(?P<role>[^\s\"]+)",
        side="AWS",
        hop="task",
        weight=3,
    ),
)
