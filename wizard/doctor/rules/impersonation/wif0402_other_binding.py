"""Other members can impersonate the service account, but not this workload.

The policy of the service account has members with roles/iam.workloadIdentityUser, and none of them names this
workload. A command or a Terraform resource that replaces the whole binding can have removed it.

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: grant roles/iam.workloadIdentityUser to the member of this workload with wif-wizard apply, which keeps the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
