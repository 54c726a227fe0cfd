"""A member in the IAM policy of the target does not contain the correct project number.

The member must contain the number of the project that contains the workload identity pool. If the member contains the
project ID, or the number of a different project, the grant has no effect.

To see the members, run:

    gcloud projects get-iam-policy PROJECT

The doctor shows this finding as a note if the workload has other roles and there is no evidence that the workload needs
the role in the grant.

Fix: use wif-wizard apply to grant the role to the member of this workload and keep the other members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles of the workload, or of the service account that it impersonates, on the target's project."
ASK = questions.WORKLOAD
