"""The instance metadata service does not give the auth library a session token.

The credential configuration tells the auth library to use EC2's IMDSv2. The IMDSv2 address returned an HTTP status
code other than 200. Fargate has no EC2 instance metadata service at this address. On EC2, a proxy can answer instead
of the instance metadata service, or the instance metadata service can be disabled.

To confirm this cause, run this command in the workload:

    curl -i -X PUT http://169.254.169.254/latest/api/token -H "X-aws-ec2-metadata-token-ttl-seconds: 60"

Fix: on ECS, Fargate and AWS Batch, add an AwsSecurityCredentialsSupplier to the program, or start the application with
wif-wizard serve-credentials. On EC2, enable the instance metadata service, and exclude 169.254.169.254 from the proxy
(NO_PROXY).
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
    Message(
        pattern=r"Failed to retrieve AWS Session Token\.",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
)
