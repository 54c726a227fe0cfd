"""The trust policy of the IAM role does not let the workload's AWS service assume the role.

ECS, Lambda and EC2 assume the role on behalf of the workload. The trust policy of the role must allow sts:AssumeRole
for ecs-tasks.amazonaws.com (ECS and AWS Batch), lambda.amazonaws.com or ec2.amazonaws.com. A statement that names a
different service, or that has a condition that is not true for the request, does not let the workload's service assume
the role.

To confirm this cause, run:

    aws iam get-role --role-name NAME --query Role.AssumeRolePolicyDocument

Fix: run wif-wizard apply, which adds one statement to the trust policy and keeps the other statements. Alternatively,
use a different role.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the role that the definition of the workload names, and at the trust policy of that role."
ASK = questions.ROLE
MESSAGES = (
    Message(
        pattern=r"ECS was unable to assume the role '?(?P<role>arn:[^'\s]+)'?",
        side="AWS",
        hop="task",
        weight=3,
    ),
    Message(
        pattern=r"The role defined for the function cannot be assumed by Lambda",
        side="AWS",
        hop="task",
        weight=3,
    ),
    Message(
        pattern=r"because no resource-based policy allows the sts:AssumeRole action",
        side="AWS",
        hop="aws-credentials",
        weight=3,
    ),
)
DRIFTS = (Drift(kind="IAM role", key="assumable_by", action="update"),)
