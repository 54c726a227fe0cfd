"""The IAM policy of the target contains a misspelled member of the workload.

A member in the policy differs from the workload's member only in letter case, or has an extra character at the start
or end. Another common mistake is principal:// instead of principalSet:// at the start of the member. Google Cloud
compares members character by character.

To see the members, run:

    gcloud projects get-iam-policy PROJECT

This finding can also be a note. The workload then has other roles, and nothing shows that the workload needs the role
in the grant.

Fix: grant the role to the member of this workload with wif-wizard apply, which keeps the other members.
"""

from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles of the workload, or of the service account that it impersonates, on the project of the target."
)
ASK = questions.WORKLOAD
