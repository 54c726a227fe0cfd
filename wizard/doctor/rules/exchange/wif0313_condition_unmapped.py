"""The attribute condition uses an attribute that the attribute mapping does not define.

A condition can use google.subject, the attributes that the attribute mapping defines, and the fields of the assertion.
An attribute without a mapping has no value, so a comparison with it is never true.

To confirm this cause, compare the names after "attribute." in the condition with the keys of the mapping.

Fix: add the attribute to the mapping, or use a mapped attribute in the condition. wif-wizard apply extends the
condition with a comparison that does not need the attribute.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the provider's attribute condition, and compare it with the ARN that AWS reports for the workload."
ASK = questions.CONFIGURATION
