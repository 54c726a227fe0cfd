"""The attribute condition names the role in another AWS account or partition.

The condition has the right role name with another account ID, or with another partition (aws, aws-cn, aws-us-gov). It
is usually copied from another environment.

To confirm this cause, compare the ARN in the condition with the answer in the workload to:

    aws sts get-caller-identity

Fix: add the ARN of this workload to the condition with wif-wizard apply. The wizard keeps the identities that the
condition admits now.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the provider's attribute condition, and compare it with the ARN that AWS reports for the workload."
ASK = questions.CONFIGURATION
