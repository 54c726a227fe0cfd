"""AWS does not start the container, because AWS cannot create the log stream of the container.

The log group in the definition does not exist, or the execution role does not have permission to write to CloudWatch
Logs. The stopped reason of the task contains this error.

To confirm this cause, read the stopped reason:

    aws ecs describe-tasks --cluster NAME --tasks ID --query 'tasks[].stoppedReason'

Fix: create the log group, and attach the managed policy service-role/AmazonECSTaskExecutionRolePolicy to the execution
role.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at logConfiguration in the definition, and at the execution role."
ASK = questions.DEFINITION
MESSAGES = (
    Message(
        pattern=r"(logger args|logging driver).{0,400}?(ResourceNotFoundException|AccessDenied)",
        side="AWS",
        hop="task",
        weight=3,
    ),
)
