"""The metadata service does not tell the auth library the AWS region.

AWS_REGION is not set, so the auth library asked region_url in the credential configuration, which answered with a
different status than 200. On Fargate nothing useful answers there, and an instance that requires IMDSv2 answers with
401.

To confirm this cause, run in the workload:

    curl -i http://169.254.169.254/latest/meta-data/placement/availability-zone

Fix: set AWS_REGION to the region of the workload in its definition.
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
)
