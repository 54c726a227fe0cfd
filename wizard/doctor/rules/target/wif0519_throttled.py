"""The service refuses requests because there are too many.

A quota for requests per minute is used up, by this program or by others in the same project.

To see the quota, look at its metric and its limit in the message.

Fix: let the application reuse its tokens and pause before it tries again; request more quota if that is not enough.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the metric and the limit in the message."
ASK = questions.WORKLOAD
MESSAGES = (
    Message(
        pattern=r"""Quota exceeded for quota metric ['\"](?P<metric>[^'\"]+)['\"]""",
        side="Google Cloud",
        hop="permission",
        weight=2,
    ),
    Message(
        pattern=r"\bquota_exceeded\b|\bRATE_LIMIT_EXCEEDED\b",
        side="Google Cloud",
        hop="exchange",
    ),
)
