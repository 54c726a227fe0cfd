"""The caller does not have permission to assume the role.

A policy of the caller must allow sts:AssumeRole on the role, and the trust policy of the role must also allow the
caller. If the caller and the role are in the same account, a trust policy that names the caller can be sufficient.

To see the caller, run:

    aws sts get-caller-identity

Fix: allow sts:AssumeRole in a policy of the caller, and name the caller in the trust policy of the role.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the role that the definition of the workload names, and at the trust policy of that role."
ASK = questions.ROLE
MESSAGES = (
    Message(
        pattern=r"User: (?P<caller>\S+) is not authorized to perform: sts:AssumeRole\w* on resource: "
        r"(?P<role>[^\s\"]+)",
        side="AWS",
        hop="aws-credentials",
        weight=2,
    ),
)
