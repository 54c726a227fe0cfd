"""A member in the IAM policy of the service account does not contain the correct project number.

The member must contain the number of the project that contains the workload identity pool. If the member contains the
project ID, or the number of a different project, the grant has no effect.

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: use wif-wizard apply to grant roles/iam.workloadIdentityUser to the member of this workload and keep the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
