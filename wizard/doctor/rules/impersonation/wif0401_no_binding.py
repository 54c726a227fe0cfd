"""No member has roles/iam.workloadIdentityUser on the service account.

The IAM policy of the service account does not grant roles/iam.workloadIdentityUser to any member. The token exchange
works, but IAM denies the next step, which is the impersonation of the service account.

To confirm this cause, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: use wif-wizard apply to grant the workload the role roles/iam.workloadIdentityUser on the service account.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
