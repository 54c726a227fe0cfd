"""The ID of the pool or the provider is not valid.

An ID must have 4 to 32 lowercase letters, digits and hyphens, and must not begin with gcp-.

To confirm this cause, read the name of the field in the error message.

Fix: choose a different ID in the setup or in the command.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the ID in the command, in the setup or in the Terraform configuration."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"""workload_identity_pool(_provider)?_id['\"]? (cannot|can not)""",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
)
