"""The attribute condition names the IAM role in a format that never matches the workload.

Google Cloud gets the ARN of the role session, arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION. However, the condition
contains the ARN of the role (arn:aws:iam::...:role/ROLE), the path of the role, or the name of one session. With some
attribute mappings, another possible cause is that the condition compares an ARN with a role name.

To see the attributes of the workload, run the live test. The step "Predicted principal" shows the mapped attributes.

Fix: in the condition, compare attribute.aws_role with arn:aws:sts::ACCOUNT:assumed-role/ROLE. wif-wizard apply adds
this comparison, and keeps all other parts of the condition.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the provider's attribute condition, and compare it with the ARN that AWS reports for the workload."
ASK = questions.CONFIGURATION
