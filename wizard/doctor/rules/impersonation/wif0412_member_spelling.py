"""The workload's member is misspelled in the IAM policy of the service account.

A member in the policy differs from the workload's member only in letter case, or has an extra character at the start
or end. Another common mistake is principal:// instead of principalSet:// at the start of the member. Google Cloud
compares members character by character.

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: use wif-wizard apply to grant roles/iam.workloadIdentityUser to the member of this workload and keep the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
