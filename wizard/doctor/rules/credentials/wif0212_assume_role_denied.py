"""The caller does not have permission to assume the role.

Two policies must allow it: a policy of the caller must allow sts:AssumeRole on the role, and the trust policy of the
role must name the caller. Inside one account the trust policy alone can be enough.

To see who called, run:

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
