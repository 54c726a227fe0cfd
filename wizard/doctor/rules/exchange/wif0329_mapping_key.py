"""A key of the attribute mapping is not valid.

The left side of a mapping must be google.subject, google.groups or attribute.NAME, where NAME has at most 100
lowercase letters, digits and underscores. The right side is the expression. A common mistake is to swap the two sides.

To confirm this cause, read the key in the error message.

Fix: write the mapping as attribute.NAME=assertion.CLAIM.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the left side of the attribute mapping."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"Invalid mapped attribute key: (?P<key>\S+?)\.? Custom mapped attributes",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
)
