"""The policy of the target has a member that is almost the workload's.

A member of the policy of the target differs in upper and lower case, has a stray character at its start or end, or
begins with principal:// where an attribute needs principalSet://. Members are compared letter by letter.

To see the members, run:

    gcloud projects get-iam-policy PROJECT

Fix: grant the role to the member of this workload with wif-wizard apply, which keeps the other members.
"""

from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the roles of the workload, or of the service account that it impersonates, on the project of the target."
)
ASK = questions.WORKLOAD
