"""The policy of the target names a pool in another project, or the project by its ID.

A member of the policy of the target must contain the number of the project that has the pool. With the project ID, or
with the number of another project, it names nobody.

To see the members, run:

    gcloud projects get-iam-policy PROJECT

Fix: grant the role to the member of this workload with wif-wizard apply, which keeps the other members.
"""

from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles of the workload, or of the service account that it impersonates, on the project of the target."
)
ASK = questions.WORKLOAD
