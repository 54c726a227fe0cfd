"""A policy in AWS denies the workload access to the role.

A statement with the effect Deny overrides every statement with the effect Allow. The Deny statement can be in the
trust policy of the role, in a policy of the caller, or in a session policy. AWS's error message names the type of the
policy, and often the policy itself.

To confirm this cause, read the end of AWS's message: "with an explicit deny in a ... policy".

Fix: ask the owner of the policy to exempt this workload, or use a different role.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy that AWS's error message names."
ASK = questions.ROLE
MESSAGES = (
    Message(
        pattern=r"(not authorized to perform: sts:AssumeRole\w*).{0,300}?with an explicit deny in an? "
        r"(?P<policy>(identity-based|resource-based|session|VPC endpoint) policy)",
        side="AWS",
        hop="aws-credentials",
        weight=4,
    ),
)
