"""The IAM policy grants roles/iam.workloadIdentityUser to the service account itself.

A common mistake is to name the service account itself as the member. The member must be the workload: a principal://
or principalSet:// member of the pool, or serviceAccount:PROJECT.svc.id.goog[NAMESPACE/KSA].

To confirm this cause, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: use wif-wizard apply to grant roles/iam.workloadIdentityUser to the member of the workload.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.ACCOUNT
