"""The instance metadata service does not give the auth library a session token.

The credential configuration tells the auth library to use IMDSv2 of EC2. The address answered with a different status
than 200. On Fargate there is no EC2 metadata service at that address; elsewhere a proxy answers in its place, or the
metadata service of the instance is off.

To confirm this cause, run in the workload:

    curl -i -X PUT http://169.254.169.254/latest/api/token -H "X-aws-ec2-metadata-token-ttl-seconds: 60"

Fix: on ECS, Fargate and AWS Batch: give the auth library a supplier, or start the program with wif-wizard
serve-credentials. On EC2: enable the instance metadata service, and exclude 169.254.169.254 from the proxy (NO_PROXY).
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Check whether the workload runs on an EC2 instance or in a Fargate task."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"Unable to retrieve AWS Session Token",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
)
