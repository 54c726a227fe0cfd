"""The attribute condition allows more identities than intended.

A condition with contains() or startsWith() on an ARN can also be true for other identities. Examples are an IAM user
with the path /assumed-role/ROLE/, and a role whose name begins with the same letters. A condition on a claim that
everyone can set does not restrict access.

To confirm this cause, compare the condition with the attribute mapping.

Fix: in the condition, use == or in [...] to compare the whole value.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the attribute condition of the provider."
ASK = questions.CONFIGURATION
SEVERITY = "risk"
