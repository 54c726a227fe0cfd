"""The policy of the service account names another Kubernetes service account or namespace.

A member of the policy of the service account contains the right pool, but another namespace or another account than
the pod has. A pod without serviceAccountName uses the account "default".

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: grant roles/iam.workloadIdentityUser to the member of this workload with wif-wizard apply, which keeps the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
