"""The policy of the target names another Kubernetes service account or namespace.

A member of the policy of the target contains the right pool, but another namespace or another account than the pod
has. A pod without serviceAccountName uses the account "default".

To see the members, run:

    gcloud projects get-iam-policy PROJECT

Fix: grant the role to the member of this workload with wif-wizard apply, which keeps the other members.
"""

from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles of the workload, or of the service account that it impersonates, on the project of the target."
)
ASK = questions.WORKLOAD
