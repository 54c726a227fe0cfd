"""The live test cannot evaluate the condition of a grant.

The condition depends on details of the resource or the request that the live test does not know. The role can be
effective for some resources, but not for other resources.

To see the condition, run:

    gcloud projects get-iam-policy PROJECT --format=json

Fix: check whether the condition is true for the resources that the workload uses. If the condition is not true,
correct the condition.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the conditions in the policy of the project."
ASK = questions.WORKLOAD
SEVERITY = "note"
