"""The workload identity pool is disabled.

The token service does not exchange tokens for a disabled pool. Tokens that the token service already issued for the
pool do not work until someone enables the pool again.

To confirm this cause, run:

    gcloud iam workload-identity-pools describe POOL --location=global

Fix: enable the pool with wif-wizard apply. All identities that the providers of the pool accept can then get tokens
again. Before you enable the pool, find out who disabled the pool, and why.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names. Include deleted pools and providers."
ASK = questions.CONFIGURATION
DRIFTS = (Drift(kind="workload identity pool", key="disabled", action="update"),)
