"""The policy of the service account names a pool in another project, or the project by its ID.

A member of the policy of the service account must contain the number of the project that has the pool. With the
project ID, or with the number of another project, it names nobody.

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: grant roles/iam.workloadIdentityUser to the member of this workload with wif-wizard apply, which keeps the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
