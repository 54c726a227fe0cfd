"""The attribute condition admits more than it seems to.

A condition with contains() or startsWith() on an ARN can be met by others: an IAM user with the path
/assumed-role/ROLE/, or a role whose name begins with the same letters. A condition on a claim that everyone can set
has no effect.

To confirm this cause, read the condition together with the attribute mapping.

Fix: compare a whole value with ==, or with in [...].
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the attribute condition of the provider."
ASK = questions.CONFIGURATION
SEVERITY = "risk"
