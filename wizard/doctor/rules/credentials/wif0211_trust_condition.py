"""A condition in the trust policy of the role is not true for the workload.

The statement names the right service, but also a condition, such as aws:SourceAccount or aws:SourceArn, whose value is
another account or another resource. Conditions with keys that the service does not send are never true.

To confirm this cause, compare the condition with the account and the ARN of the workload:

    aws iam get-role --role-name NAME --query Role.AssumeRolePolicyDocument

Fix: correct the condition, or add a statement for this workload: wif-wizard apply adds one, and keeps the others.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the role that the definition of the workload names, and at the trust policy of that role."
ASK = questions.ROLE
