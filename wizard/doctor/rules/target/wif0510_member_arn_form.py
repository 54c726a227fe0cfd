"""The IAM policy of the target names the IAM role in a format that never matches the workload.

A member in the policy contains the ARN of the role (arn:aws:iam::...:role/ROLE), the path of the role, the name of one
session, or only the name of the role. Google Cloud compares the member with the mapped attribute, which is usually
arn:aws:sts::ACCOUNT:assumed-role/ROLE.

To see the members, run:

    gcloud projects get-iam-policy PROJECT

The doctor shows this finding as a note if the workload has other roles and there is no evidence that the workload needs
the role in the grant.

Fix: use wif-wizard apply to grant the role to the member of this workload and keep the other members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles of the workload, or of the service account that it impersonates, on the target's project."
ASK = questions.WORKLOAD
