"""Only one of the two variables of the AWS access key is set.

An access key has two parts, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. With one of them, the AWS SDK stops, and the
auth library looks elsewhere, and can find the role of the host.

To confirm this cause, list the names of the variables that begin with AWS_ in the workload.

Fix: set both variables, and AWS_SESSION_TOKEN for temporary access keys; or unset both, so that the runtime's own
credentials are used.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the variables that begin with AWS_ in the environment of the program."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"Partial credentials found in \S+, missing: (?P<variable>\w+)",
        side="AWS",
        hop="aws-credentials",
        weight=2,
    ),
)
