"""The workload can impersonate the service account only under a condition that is not true.

The grant on the service account has a condition, such as an end date. IAM ignores a grant whose condition is not true,
and does not name this grant in the error message.

To see the conditions, run:

    gcloud iam service-accounts get-iam-policy EMAIL

Fix: correct the condition, or use wif-wizard apply to grant the role without a condition.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the conditions in the policy of the service account."
ASK = questions.WORKLOAD
