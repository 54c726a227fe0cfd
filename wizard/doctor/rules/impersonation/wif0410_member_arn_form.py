"""The policy of the service account names the AWS role in a form that the workload does not have.

A member of the policy of the service account has the ARN of the role (arn:aws:iam::...:role/ROLE), the role's path,
the name of one session, or a name where the attribute mapping gives an ARN. Google Cloud compares with the mapped
attribute, which usually is arn:aws:sts::ACCOUNT:assumed-role/ROLE.

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: grant roles/iam.workloadIdentityUser to the member of this workload with wif-wizard apply, which keeps the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
