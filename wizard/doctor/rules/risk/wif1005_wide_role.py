"""The workload has a broader role than it needs for the product.

Owner, Editor and a product's administrator roles usually contain more permissions than a workload needs. Owner, for
example, can change IAM policies.

To see which permissions the workload uses, look at the IAM recommender or at the audit log.

Fix: grant a narrow role for the product, test the workload, then remove the broad role.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the roles of the workload on the project."
ASK = questions.WORKLOAD
SEVERITY = "risk"
