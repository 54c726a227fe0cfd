"""The auth library does not know the AWS region.

The auth library reads the region from AWS_REGION or AWS_DEFAULT_REGION, or requests the region from the instance
metadata service, at the address in region_url of the credential configuration. If the definition does not set
AWS_REGION, the variable can be missing in a container on ECS or Fargate.

To confirm this cause, print AWS_REGION in the workload.

Fix: in the workload's definition, set AWS_REGION to the region of the workload.
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
    Message(
        pattern=r"\bNoRegionError\b|You must specify a region\.",
        side="AWS",
        hop="aws-credentials",
    ),
)
