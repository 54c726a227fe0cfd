"""The attribute condition allows a whole AWS account.

The condition compares only the account, which the provider already checks. Every IAM role and every IAM user in the
account can get a token of the pool.

To confirm this cause, run:

    gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global \\
      --format='value(attributeCondition)'

Fix: name the roles in the condition: attribute.aws_role == 'arn:aws:sts::ACCOUNT:assumed-role/ROLE'
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the attribute condition of the provider."
ASK = questions.CONFIGURATION
SEVERITY = "risk"
