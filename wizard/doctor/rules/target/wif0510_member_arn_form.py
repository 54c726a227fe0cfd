"""The policy of the target names the AWS role in a form that the workload does not have.

A member of the policy of the target has the ARN of the role (arn:aws:iam::...:role/ROLE), the role's path, the name of
one session, or a name where the attribute mapping gives an ARN. Google Cloud compares with the mapped attribute, which
usually is arn:aws:sts::ACCOUNT:assumed-role/ROLE.

To see the members, run:

    gcloud projects get-iam-policy PROJECT

Fix: grant the role to the member of this workload with wif-wizard apply, which keeps the other members.
"""

from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles of the workload, or of the service account that it impersonates, on the project of the target."
)
ASK = questions.WORKLOAD
