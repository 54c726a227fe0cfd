"""The workload has a role only for a time, because of a condition on the grant.

The grant has a condition that compares the time of the request, such as an end date. The access works now. When the
condition stops being true, IAM refuses the workload with the same error as without the grant.

To see the conditions, run:

    gcloud projects get-iam-policy PROJECT --format=json

Fix: if the workload needs the role for longer, grant the role without a condition before the condition stops being
true.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look for end dates in the conditions in the policy of the project."
ASK = questions.WORKLOAD
SEVERITY = "note"
