"""The IAM policy of the target names an attribute that the provider does not map.

A member in the policy uses attribute.NAME, but the attribute mapping of the provider does not define attribute.NAME.
The workload's tokens do not have this attribute, so the grant has no effect.

To see the members, run:

    gcloud projects get-iam-policy PROJECT

The doctor shows this finding as a note if the workload has other roles and there is no evidence that the workload needs
the role in the grant.

Fix: use wif-wizard apply to grant the role to the member of this workload and keep the other members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles of the workload, or of the service account that it impersonates, on the target's project."
ASK = questions.WORKLOAD
