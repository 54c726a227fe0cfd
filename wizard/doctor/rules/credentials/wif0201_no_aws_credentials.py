"""The workload has no AWS credentials.

The AWS SDK and the auth library looked in the environment, in a profile, at the container endpoint and in the instance
metadata, and found no credentials. On ECS, Fargate and AWS Batch, the usual cause is that the definition does not set
a task role. The program cannot use the execution role, because only the ECS agent gets the credentials of the
execution role. On EC2, the usual cause is that the instance has no instance profile.

To see the AWS identity of the workload, run this command in the workload:

    aws sts get-caller-identity

Fix: set taskRoleArn (ECS) or jobRoleArn (AWS Batch). On EC2, attach an instance profile. On Lambda, the function's
execution role is sufficient.
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
