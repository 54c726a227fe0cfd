"""A member in the IAM policy does not have a valid type.

A member begins with its type, such as principal://, principalSet://, serviceAccount:, user:, group: or domain:. Google
Cloud rejects a name, an ARN or an email address without a type.

To confirm this cause, read the member in the error message.

Fix: copy the member of the workload from the output of wif-wizard plan.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the member that the error message names."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"The member (?P<member>.{1,300}?) is of an unknown type",
        side="Google Cloud",
        hop="permission",
        weight=3,
    ),
)
