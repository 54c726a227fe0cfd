"""An existing or deleted pool or provider already uses the name.

Google Cloud keeps a deleted pool or provider for 30 days, and reserves the name. gcloud lists a deleted pool or
provider only with --show-deleted. Terraform ignores the deleted pool or provider, tries to create a new pool or
provider, and fails, because the name is still reserved.

To confirm this cause, run:

    gcloud iam workload-identity-pools list --location=global --show-deleted

Fix: undelete the pool or provider with wif-wizard apply, or choose a different name in the setup. If you use Terraform,
undelete the pool or provider, then import it into the Terraform state.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names. Include deleted pools and providers."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"Requested entity already exists",
        side="Google Cloud",
        hop="exchange",
    ),
)
