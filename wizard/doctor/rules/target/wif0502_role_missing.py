"""The workload does not have a role that it needs on the target.

The token is valid, and the target does not find a role for its identity. Without impersonation the role must be
granted to the member of the pool; with impersonation, to the service account.

To see the roles, run:

    gcloud projects get-iam-policy PROJECT

Fix: grant the role with wif-wizard apply, which keeps all other grants.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles of the workload, or of the service account that it impersonates, on the project of the target."
)
ASK = questions.WORKLOAD
DRIFTS = (Drift(kind="roles on the project"),)
