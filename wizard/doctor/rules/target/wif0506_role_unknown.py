"""The role does not exist or is disabled.

The name of the role is misspelled, someone deleted the custom role, or the custom role is in a different project or
organization. Google Cloud rejects the grant. A custom role with the launch stage DISABLED can be granted, but gives no
permissions.

To list the predefined roles, run the following command. To list custom roles, add --project=PROJECT or
--organization=ID to the command:

    gcloud iam roles list

Fix: correct the name of the role in the setup, or enable the role.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the name of the role in the setup."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"Role (?P<role>(roles|projects|organizations)/\S+) is not supported for this resource",
        side="Google Cloud",
        hop="permission",
        weight=2,
    ),
)
