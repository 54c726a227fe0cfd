"""The workload has a role only for a limited time, because of a condition on the grant.

The grant has a condition on the time of the request, such as an end date. The workload has access now. When the
condition is no longer true, IAM denies access with the same error as without the grant.

To see the conditions, run:

    gcloud projects get-iam-policy PROJECT --format=json

Fix: if the workload needs the role for longer, grant the role without a condition before the access ends.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look for end dates in the conditions of the project's IAM policy."
ASK = questions.WORKLOAD
SEVERITY = "note"
