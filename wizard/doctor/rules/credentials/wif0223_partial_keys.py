"""Only one of the two environment variables of the AWS access key is set.

An access key has two parts, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. If only one part is set, some AWS SDKs stop
with an error. Google's auth library continues with other sources, and can use the role of the EC2 instance.

To confirm this cause, list the names of the workload's variables that begin with AWS_.

Fix: set both variables and, for temporary access keys, AWS_SESSION_TOKEN. Alternatively, unset both variables, so that
the program uses the credentials that the runtime serves.
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
