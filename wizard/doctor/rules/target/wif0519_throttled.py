"""The service rejects requests, because the project exceeds a quota.

The program, or other programs that use the same project, sent more requests per minute than the quota allows.

To see the quota, read the metric and the limit in the error message.

Fix: change the application to reuse tokens, and to wait before each retry. If this change is not sufficient, request a
higher quota.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the metric and the limit in the error message."
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
