"""The attribute condition names the AWS role in a form that the workload does not have.

Google Cloud sees the ARN of the role's session, arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION. The condition compares
with the ARN of the role (arn:aws:iam::...:role/ROLE), with the role's path, with the name of one session, or with a
name where the attribute mapping gives an ARN, or the other way round.

To see what the workload has, run the live test: the step "Predicted principal" shows the mapped attributes.

Fix: compare attribute.aws_role with arn:aws:sts::ACCOUNT:assumed-role/ROLE. wif-wizard apply adds this to the
condition, and keeps the rest.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the provider's attribute condition, and compare it with the ARN that AWS reports for the workload."
ASK = questions.CONFIGURATION
