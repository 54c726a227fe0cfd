"""A condition in the trust policy of the role is not true for the workload.

A statement in the trust policy names the correct service, but has a condition, such as aws:SourceAccount or
aws:SourceArn, with a different account or resource. A condition that requires a key that the service does not send is
never true.

To confirm this cause, compare the condition with the account and the ARN of the workload:

    aws iam get-role --role-name NAME --query Role.AssumeRolePolicyDocument

Fix: correct the condition, or run wif-wizard apply, which adds a statement for this workload and keeps the other
statements.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the role that the definition of the workload names, and at the trust policy of that role."
ASK = questions.ROLE
