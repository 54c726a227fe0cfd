"""The policy of the target names another workload identity pool.

A member of the policy of the target has the right role or account, but in another pool than the one that issues the
workload's tokens. Each pool is a world of its own, also if both accept the same AWS account.

To see the members, run:

    gcloud projects get-iam-policy PROJECT

Fix: grant the role to the member of this workload with wif-wizard apply, which keeps the other members.
"""

from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles of the workload, or of the service account that it impersonates, on the project of the target."
)
ASK = questions.WORKLOAD
