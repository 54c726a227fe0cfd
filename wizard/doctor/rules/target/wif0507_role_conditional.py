"""The workload has the role only under a condition that is not true.

The grant on the target has a condition, such as an end date or the name of a resource. IAM ignores a grant whose
condition is not true, and does not name this grant in the error message.

To see the conditions, run:

    gcloud projects get-iam-policy PROJECT --format=json

Fix: correct the condition, or use wif-wizard apply to grant the role without a condition.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the conditions in the policy of the project."
ASK = questions.WORKLOAD
