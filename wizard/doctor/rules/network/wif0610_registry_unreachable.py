"""The task cannot reach the registry of its image from its subnets.

AWS could not pull the image or the secrets before the start of the container. The subnets have no route to the
registry.

To confirm this cause, read the stopped reason of the task.

Fix: add a NAT gateway or VPC endpoints to the subnets. Alternatively, in the setup, use an image from a registry that
the subnets can reach: probe: {image: ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG}.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the routes and the VPC endpoints of the task's subnets."
ASK = questions.DEFINITION
MESSAGES = (
    Message(
        pattern=r"unable to pull secrets or registry auth",
        side="AWS",
        hop="task",
        weight=2,
    ),
    Message(
        pattern=r"CannotPull\w*Error",
        side="AWS",
        hop="task",
    ),
)
