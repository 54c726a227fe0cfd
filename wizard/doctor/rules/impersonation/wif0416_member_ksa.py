"""The IAM policy of the service account names the wrong Kubernetes service account or the wrong namespace.

A member in the policy contains the correct workload identity pool, but the wrong namespace or the wrong Kubernetes
service account. A pod without serviceAccountName uses the Kubernetes service account "default".

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: use wif-wizard apply to grant roles/iam.workloadIdentityUser to the member of this workload and keep the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
