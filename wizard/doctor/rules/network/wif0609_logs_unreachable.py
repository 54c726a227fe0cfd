"""The task cannot reach CloudWatch Logs from its subnets.

If AWS cannot create the log stream of a container, AWS does not start the container. The subnets have no route to a NAT
gateway and no VPC endpoint for CloudWatch Logs, and the task has no public IP address.

To confirm this cause, read the stopped reason of the task.

Fix: add VPC endpoints or a route to a NAT gateway for the subnets, or assign a public IP address to the task. The
workload's own tasks use the same network, so this problem can also affect the workload.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the routes and the VPC endpoints of the task's subnets."
ASK = questions.DEFINITION
MESSAGES = (
    Message(
        pattern=r"failed to validate logger args",
        side="AWS",
        hop="task",
        weight=2,
    ),
)
