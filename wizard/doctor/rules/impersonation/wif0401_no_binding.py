"""No principal has permission to impersonate the service account.

The policy of the service account has no member with roles/iam.workloadIdentityUser. The token exchange works, and the
next step, the token of the service account, is refused.

To confirm this cause, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: grant roles/iam.workloadIdentityUser on the service account to the member of the workload, with wif-wizard apply.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
