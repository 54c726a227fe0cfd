"""The task cannot reach CloudWatch Logs from its subnets.

AWS does not start a container whose log it cannot set up. The subnets have no NAT gateway, no public IP address and no
VPC endpoint for CloudWatch Logs.

To confirm this cause, read the stopped reason of the task.

Fix: add a NAT gateway, a public IP address or VPC endpoints to the subnets. The workload's own tasks use the same
network.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the routes and the VPC endpoints of the subnets of the task."
ASK = questions.DEFINITION
MESSAGES = (
    Message(
        pattern=r"failed to validate logger args",
        side="AWS",
        hop="task",
        weight=2,
    ),
)
