"""The workload identity pool is deleted.

Google Cloud keeps a deleted pool for 30 days, and reserves its name. Until it is undeleted, its providers exchange no
token, and tokens that it issued give no access.

To confirm this cause, run:

    gcloud iam workload-identity-pools list --location=global --show-deleted

Fix: undelete the pool with wif-wizard apply. A pool that is deleted for more than 30 days is gone: then create it
again.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names, also among the deleted pools and providers."
ASK = questions.CONFIGURATION
DRIFTS = (
    Drift(kind="workload identity pool", action="undelete"),
    Drift(kind="workload identity pool", key="state"),
)
