"""The IAM policy of the service account names the wrong workload identity pool.

A member in the policy contains the correct role or service account, but the wrong workload identity pool. Two
pools contain different identities, even if both pools accept the same AWS account.

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: use wif-wizard apply to grant roles/iam.workloadIdentityUser to the member of this workload and keep the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
