"""The workload has no AWS credentials.

The AWS SDK and the auth library looked in the environment, in a profile, at the container endpoint and in the instance
metadata, and found nothing. On ECS, Fargate and AWS Batch the definition has no task role; the execution role does not
count, because only the agent uses it. On EC2 the instance has no instance profile.

To see what the workload has, run in the workload:

    aws sts get-caller-identity

Fix: ECS and AWS Batch: set taskRoleArn or jobRoleArn. EC2: attach an instance profile. Lambda: the function's role is
enough.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the role that the definition of the workload names, and at the trust policy of that role."
ASK = questions.DEFINITION
MESSAGES = (
    Message(
        pattern=r"Unable to locate credentials",
        side="AWS",
        hop="aws-credentials",
    ),
    Message(
        pattern=r"NoCredentialProviders: no valid providers in chain",
        side="AWS",
        hop="aws-credentials",
    ),
    Message(
        pattern=r"Unable to load credentials from any of the providers in the chain",
        side="AWS",
        hop="aws-credentials",
    ),
    Message(
        pattern=r"Could not load credentials from any providers",
        side="AWS",
        hop="aws-credentials",
    ),
    Message(
        pattern=r"failed to refresh cached credentials, no EC2 IMDS role found",
        side="AWS",
        hop="aws-credentials",
    ),
)
