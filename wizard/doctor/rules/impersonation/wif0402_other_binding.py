"""Other members can impersonate the service account, but this workload cannot.

The IAM policy of the service account grants roles/iam.workloadIdentityUser to other members, but not to this workload.
Perhaps a command or a Terraform resource replaced the whole binding, and removed the workload's member.

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: use wif-wizard apply to grant roles/iam.workloadIdentityUser to the member of this workload and keep the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
