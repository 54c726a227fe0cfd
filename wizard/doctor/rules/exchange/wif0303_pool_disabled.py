"""The workload identity pool is disabled.

No token is exchanged for a disabled pool, and tokens that the pool issued before do not work until it is enabled
again.

To confirm this cause, run:

    gcloud iam workload-identity-pools describe POOL --location=global

Fix: enable the pool with wif-wizard apply. Then all identities that its providers accept can get tokens again, so ask
first who disabled it, and why.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names, also among the deleted pools and providers."
ASK = questions.CONFIGURATION
DRIFTS = (Drift(kind="workload identity pool", key="disabled", action="update"),)
