"""AWS has no free capacity for the one-off task.

The task or job did not start in time. The compute environment of the job queue is disabled or full, or no container
instance of the cluster has enough CPU and memory.

To confirm this cause, look at the state of the job queue and of the compute environment, or at the events of the ECS
service.

Fix: enable the compute environment, or add container instances, then test again.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the compute environment of the job queue, or at the container instances of the cluster."
ASK = questions.DEFINITION
MESSAGES = (
    Message(
        pattern=r"(RESOURCE:(CPU|MEMORY)|unable to place a task because no container instance met all of "
        r"its requirements)",
        side="AWS",
        hop="task",
    ),
)
