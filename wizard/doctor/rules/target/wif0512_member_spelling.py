"""The workload's member is misspelled in the IAM policy of the target.

A member in the policy differs from the workload's member only in letter case, or has an extra character at the start
or end. Another common mistake is principal:// instead of principalSet:// at the start of the member. Google Cloud
compares members character by character.

To see the members, run:

    gcloud projects get-iam-policy PROJECT

The doctor shows this finding as a note if the workload has other roles and there is no evidence that the workload needs
the role in the grant.

Fix: use wif-wizard apply to grant the role to the member of this workload and keep the other members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles of the workload, or of the service account that it impersonates, on the target's project."
ASK = questions.WORKLOAD
