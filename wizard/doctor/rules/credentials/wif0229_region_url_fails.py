"""The instance metadata service does not return the AWS region.

AWS_REGION is not set, so the auth library called the region_url of the credential configuration. The URL returned an
HTTP status code other than 200. Fargate does not serve the region at this URL, and an EC2 instance that requires
IMDSv2 returns the HTTP status code 401.

To confirm this cause, run this command in the workload:

    curl -i http://169.254.169.254/latest/meta-data/placement/availability-zone

Fix: in the workload's definition, set AWS_REGION to the region of the workload.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for AWS_REGION in the environment of the program."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"Unable to retrieve AWS region",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
    Message(
        pattern=r"Failed to retrieve AWS region\.",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
)
