"""The name of the pool or the provider is in use, perhaps by a deleted one.

Google Cloud keeps a deleted pool or provider for 30 days, and its name stays reserved. Lists do not show it without
--show-deleted. Terraform treats it as gone, tries to create it, and fails the same way.

To confirm this cause, run:

    gcloud iam workload-identity-pools list --location=global --show-deleted

Fix: undelete it with wif-wizard apply, or choose another name in the setup. In Terraform, undelete it, then import it.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names, also among the deleted pools and providers."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"Requested entity already exists",
        side="Google Cloud",
        hop="exchange",
    ),
)
