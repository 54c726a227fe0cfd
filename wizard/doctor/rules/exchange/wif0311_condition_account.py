"""The attribute condition names the IAM role in the wrong AWS account or partition.

The condition contains the correct role name with a different account ID, or with a different partition (aws, aws-cn,
aws-us-gov). Usually, someone copied the condition from a different environment.

To confirm this cause, compare the ARN in the condition with the output of this command in the workload:

    aws sts get-caller-identity

Fix: add the ARN of this workload to the condition with wif-wizard apply. Identities that the condition already allows
keep their access.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the provider's attribute condition, and compare it with the ARN that AWS reports for the workload."
ASK = questions.CONFIGURATION
