"""The attribute condition differs from the workload's role in a letter or a stray character.

Conditions are case-sensitive, and a blank or a line break inside the quotes is part of the value. The names look the
same, and are not.

To confirm this cause, print the condition with its quotes:

    gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global \\
      --format='value(attributeCondition)'

Fix: correct the value in the condition, or add the right one with wif-wizard apply.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the provider's attribute condition, and compare it with the ARN that AWS reports for the workload."
ASK = questions.CONFIGURATION
