"""The auth library does not know the AWS region.

The auth library takes the region from AWS_REGION or AWS_DEFAULT_REGION, or from the region_url in the credential
configuration, which is the instance metadata service. Containers on ECS and Fargate have the variable only if the
definition sets it.

To confirm this cause, print AWS_REGION in the workload.

Fix: set AWS_REGION to the region of the workload in its definition.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for AWS_REGION in the environment of the program."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"Unable to determine AWS region",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
)
