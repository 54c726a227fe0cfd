"""The role in the attribute condition differs from the workload's role only in letter case or by an extra character.

Conditions are case-sensitive, and a space or a line break inside the quotes is part of the value. The two names look
similar, but are different.

To confirm this cause, print the condition with its quotes:

    gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global \\
      --format='value(attributeCondition)'

Fix: correct the value in the condition, or add the correct value with wif-wizard apply.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the provider's attribute condition, and compare it with the ARN that AWS reports for the workload."
ASK = questions.CONFIGURATION
