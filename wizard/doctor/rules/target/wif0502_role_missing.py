"""The workload does not have a role that it needs on the target.

The token is valid, but the identity of the token does not have the required role on the target. Without impersonation,
grant the role to the workload's member in the workload identity pool. With impersonation, grant the role to the service
account.

To see the roles, run:

    gcloud projects get-iam-policy PROJECT

Fix: grant the role with wif-wizard apply, which keeps all other grants.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles of the workload, or of the service account that it impersonates, on the target's project."
ASK = questions.WORKLOAD
DRIFTS = (Drift(kind="roles on the project"), Drift(kind="roles on the resource"))
