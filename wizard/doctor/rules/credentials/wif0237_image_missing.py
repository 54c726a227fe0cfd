"""AWS cannot pull the image of the container.

The image does not exist under this name and tag, or the execution role does not have permission to pull it.

To confirm this cause, read the stopped reason of the task, and try to pull the image with the same name.

Fix: correct the name of the image (probe.image in the setup for the one-off task), or let the execution role pull it:
service-role/AmazonECSTaskExecutionRolePolicy.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the name of the image and at the execution role."
ASK = questions.DEFINITION
MESSAGES = (
    Message(
        pattern=r"CannotPull\w*Error.{0,400}?(not found|manifest unknown|does not exist|access denied" r"|pull access)",
        side="AWS",
        hop="task",
        weight=3,
    ),
)
