"""It cannot be told whether the condition of a grant is true for the workload.

The condition depends on the resource or the request, which the live test does not have. The role can be effective for
some resources and not for others.

To see the condition, run:

    gcloud projects get-iam-policy PROJECT --format=json

Fix: check whether the condition is true for the resources that the workload uses; if not, correct it.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the conditions in the policy of the project."
ASK = questions.WORKLOAD
SEVERITY = "note"
