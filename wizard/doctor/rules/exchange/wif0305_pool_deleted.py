"""The workload identity pool is deleted.

Google Cloud keeps a deleted pool for 30 days, and reserves the name of the pool. Until you undelete the pool, the
token service does not exchange tokens for the pool, and existing tokens give no access.

To confirm this cause, run:

    gcloud iam workload-identity-pools list --location=global --show-deleted

Fix: undelete the pool with wif-wizard apply. After 30 days, you cannot undelete the pool. Recreate the pool instead.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names. Include deleted pools and providers."
ASK = questions.CONFIGURATION
DRIFTS = (
    Drift(kind="workload identity pool", action="undelete"),
    Drift(kind="workload identity pool", key="state"),
)
