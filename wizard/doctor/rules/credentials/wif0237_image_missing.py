"""AWS cannot pull the image of the container.

No image with this name and tag exists, or the execution role does not have permission to pull the image.

To confirm this cause, read the stopped reason of the task, and try to pull the image by the name that the task uses.

Fix: correct the name of the image. For the one-off task, the setup names the image in probe.image. If the permission
is missing, attach the managed policy service-role/AmazonECSTaskExecutionRolePolicy to the execution role.
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
