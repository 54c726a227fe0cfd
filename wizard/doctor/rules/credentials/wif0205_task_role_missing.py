"""The task definition or job definition does not set the workload's role.

A task definition or job definition can set two roles. The ECS agent uses the execution role to pull the image and to
write logs. The program gets only the task role (taskRoleArn, jobRoleArn). This definition sets no task role, or sets a
different task role. A common mistake is to set the workload's role as the execution role.

To confirm this cause, look at both roles:

    aws ecs describe-task-definition --task-definition NAME --query \\
      'taskDefinition.[taskRoleArn,executionRoleArn]'

Fix: set the role of the workload as taskRoleArn or jobRoleArn, and deploy the new revision. If the setup names the
definition, wif-wizard apply makes this change.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at taskRoleArn (ECS) or jobRoleArn (AWS Batch) in the definition, not at executionRoleArn."
ASK = questions.DEFINITION
DRIFTS = (
    Drift(kind="task definition", key="taskRoleArn", action="update"),
    Drift(kind="job definition", key="jobRoleArn", action="update"),
    Drift(kind="Lambda function", key="role", action="update"),
    Drift(kind="ECS service", key="taskRoleArn"),
)
