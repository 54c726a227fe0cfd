"""The definition does not give the workload its role.

A task definition or job definition has two roles. The execution role is for the agent, which pulls the image and
writes logs. Only the task role (taskRoleArn, jobRoleArn) reaches the program. Here it is not set, or it is another
role; a frequent mistake is to set the role as the execution role.

To confirm this cause, look at both roles:

    aws ecs describe-task-definition --task-definition NAME --query \\
      'taskDefinition.[taskRoleArn,executionRoleArn]'

Fix: set the role of the workload as taskRoleArn or jobRoleArn, and deploy the new revision. wif-wizard apply does this
if the setup names the definition.
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
