"""The IAM policy of the service account names an attribute that the provider does not map.

A member in the policy uses attribute.NAME, but the attribute mapping of the provider does not define attribute.NAME.
The workload's tokens do not have this attribute, so the grant has no effect.

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: use wif-wizard apply to grant roles/iam.workloadIdentityUser to the member of this workload and keep the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
