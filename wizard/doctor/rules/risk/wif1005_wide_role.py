"""The workload has a wider role than its product needs.

Owner, Editor and the administrator roles of a product permit more than a workload uses, such as changing policies.

To see what the workload uses, look at the IAM recommender or at the audit log.

Fix: grant the narrow role of the product, test, then remove the wide one.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles of the workload on the project."
ASK = questions.WORKLOAD
SEVERITY = "risk"
