"""The workload's role on the service account does not permit impersonation.

roles/iam.serviceAccountUser lets a caller attach the service account to a resource, but does not let the caller get
tokens for the service account. To get tokens, the caller needs iam.serviceAccounts.getAccessToken.
roles/iam.workloadIdentityUser and roles/iam.serviceAccountTokenCreator contain this permission.

To confirm this cause, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: use wif-wizard apply to grant roles/iam.workloadIdentityUser to the member of the workload.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.ACCOUNT
