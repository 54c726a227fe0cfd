"""The AWS credentials have expired.

Temporary credentials of a role end after minutes or hours. A program, a script or a person copied them into
environment variables once, and nothing renews what was copied. A long job then fails at its next refresh.

To confirm this cause, look for AWS_SESSION_TOKEN in the environment of the program: credentials that the runtime
serves are not there.

Fix: do not export AWS credentials in the workload. Use a supplier from the Result page, which renews them, or start
the program with wif-wizard serve-credentials.
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
