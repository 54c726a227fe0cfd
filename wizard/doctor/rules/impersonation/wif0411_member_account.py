"""The IAM policy of the service account names the IAM role in the wrong AWS account or partition.

A member in the policy contains the correct role name, but the account ID or the partition (aws, aws-cn, aws-us-gov) is
from a different environment.

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: use wif-wizard apply to grant roles/iam.workloadIdentityUser to the member of this workload and keep the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
