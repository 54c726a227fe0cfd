"""The policy of the service account has a member that is almost the workload's.

A member of the policy of the service account differs in upper and lower case, has a stray character at its start or
end, or begins with principal:// where an attribute needs principalSet://. Members are compared letter by letter.

To see the members, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: grant roles/iam.workloadIdentityUser to the member of this workload with wif-wizard apply, which keeps the other
members.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy of the service account itself, not at the policy of its project."
ASK = questions.WORKLOAD
