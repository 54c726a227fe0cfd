"""The provider is deleted.

Google Cloud keeps a deleted provider for 30 days, and reserves the name of the provider. Existing tokens remain valid
until they expire.

To confirm this cause, run:

    gcloud iam workload-identity-pools providers list --workload-identity-pool=POOL --location=global \\
      --show-deleted

Fix: undelete the provider with wif-wizard apply.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names. Include deleted pools and providers."
ASK = questions.CONFIGURATION
DRIFTS = (
    Drift(kind="workload identity pool provider", action="undelete"),
    Drift(kind="workload identity pool provider", key="state"),
)
