"""The mapped subject is longer than 127 bytes.

By default, google.subject is the ARN of the role session: the names of the role and the session, and about 40 other
characters. On ECS, the session name is the task ID (32 characters). On Lambda, the session name is the name of the
function. If the role name is long, the subject can be longer than 127 bytes for some or all sessions.

To see the length, run the live test. The step "Predicted principal" shows the subject.

Fix: use a separate provider that maps google.subject from the account and the role, without the session. To create a
provider, write the name of a new provider in the setup, then run wif-wizard apply.
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
