"""The IAM policy of the target names the wrong Kubernetes service account or the wrong namespace.

A member in the policy contains the correct workload identity pool, but its namespace or its Kubernetes service account
is not the pod's. A pod without serviceAccountName uses the Kubernetes service account "default".

To see the members, run:

    gcloud projects get-iam-policy PROJECT

This finding can also be a note. The workload then has other roles, and nothing shows that the workload needs the role
in the grant.

Fix: grant the role to the member of this workload with wif-wizard apply, which keeps the other members.
"""

from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles of the workload, or of the service account that it impersonates, on the project of the target."
)
ASK = questions.WORKLOAD
