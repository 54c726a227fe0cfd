"""A member in the policy has no valid type.

A member begins with its type: principal://, principalSet://, serviceAccount:, user:, group: or domain:. A bare name,
an ARN or an email address alone is refused.

To confirm this cause, read the member in the message.

Fix: write the member of the workload as wif-wizard plan prints it.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the member that the message names."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"The member (?P<member>.{1,300}?) is of an unknown type",
        side="Google Cloud",
        hop="permission",
        weight=3,
    ),
)
