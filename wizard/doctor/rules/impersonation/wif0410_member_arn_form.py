"""The IAM policy of the service account names the IAM role in a format that never matches the workload.

A member in the policy contains the ARN of the role (arn:aws:iam::...:role/ROLE), the path of the role, the name of one
session, or only the name of the role. Google Cloud compares the member with the mapped attribute, which is usually
arn:aws:sts::ACCOUNT:assumed-role/ROLE.

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: use wif-wizard apply to grant roles/iam.workloadIdentityUser to the member of this workload and keep the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
