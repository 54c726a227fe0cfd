"""The display name of the pool or the provider is too long.

A display name can have at most 32 characters. The display name has no effect on tokens or grants.

To confirm this cause, count the characters of the display name in the command or in Terraform.

Fix: use a display name of at most 32 characters.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the display name in the command or in the Terraform configuration."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"display name must be less than or equal to 32 characters",
        side="Google Cloud",
        hop="exchange",
        weight=2,
    ),
)
