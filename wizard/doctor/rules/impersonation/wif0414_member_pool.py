"""The policy of the service account names another workload identity pool.

A member of the policy of the service account has the right role or account, but in another pool than the one that
issues the workload's tokens. Each pool is a world of its own, also if both accept the same AWS account.

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: grant roles/iam.workloadIdentityUser to the member of this workload with wif-wizard apply, which keeps the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
