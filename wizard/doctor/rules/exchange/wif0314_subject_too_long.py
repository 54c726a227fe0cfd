"""The mapped subject is longer than 127 bytes.

Without another mapping, google.subject is the ARN of the session: about 40 characters, the name of the role and the
name of the session. An ECS task ID has 32 characters, and a Lambda function names the session after itself. With a
long role name the sum is over 127 bytes, sometimes for some sessions only.

To see the length, run the live test: the step "Predicted principal" shows the subject.

Fix: use a provider of its own that maps google.subject from the account and the role, without the session: write its
name in the setup, then run wif-wizard apply.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Count the characters of the ARN that AWS reports for the workload."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"The size of mapped attribute google\.subject exceeds the 127 bytes limit",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
)
