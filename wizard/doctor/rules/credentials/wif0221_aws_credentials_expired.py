"""The AWS credentials have expired.

The temporary credentials of a role expire after minutes or hours. A program, a script or a person copied the
credentials to environment variables, and no program renews the copy. A long job fails when the credentials expire.

To confirm this cause, look for AWS_SESSION_TOKEN in the environment of the program. If the program gets credentials
from an endpoint of the runtime, AWS_SESSION_TOKEN is not set.

Fix: do not export AWS credentials in the workload. To renew the credentials automatically, add the
AwsSecurityCredentialsSupplier from the Result page to the program, or start the application with wif-wizard
serve-credentials.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = (
    "Look for AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN in the environment of the program, and find out who sets "
    "these variables."
)
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"Received invalid AWS response of type ExpiredToken",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
    Message(
        pattern=r"The security token included in the request is expired",
        side="AWS",
        hop="caller-identity",
        weight=2,
    ),
    Message(
        pattern=r"\bExpiredToken(Exception)?\b",
        side="AWS",
        hop="caller-identity",
    ),
)
