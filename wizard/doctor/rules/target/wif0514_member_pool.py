"""The IAM policy of the target names the wrong workload identity pool.

A member in the policy contains the correct role or service account, but the wrong workload identity pool. Two
pools contain different identities, even if both pools accept the same AWS account.

To see the members, run:

    gcloud projects get-iam-policy PROJECT

The doctor shows this finding as a note if the workload has other roles and there is no evidence that the workload needs
the role in the grant.

Fix: use wif-wizard apply to grant the role to the member of this workload and keep the other members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles of the workload, or of the service account that it impersonates, on the target's project."
ASK = questions.WORKLOAD
