"""The clock of the workload is wrong by more than 15 minutes.

AWS accepts a signature for 15 minutes. If the clock is wrong, the request time is too far in the past or in the future.
Containers use the clock of their host.

To confirm this cause, compare the two times in the error message, or run this command in the workload:

    date -u

Fix: set the clock of the host, for example with Amazon Time Sync or another NTP server.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Compare the two times in the error message."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"Signature expired: (?P<signed>\S+) is now earlier than",
        side="AWS",
        hop="exchange",
        weight=4,
    ),
    Message(
        pattern=r"Signature not yet current",
        side="AWS",
        hop="exchange",
        weight=4,
    ),
    Message(
        pattern=r"\bRequestExpired\b",
        side="AWS",
        hop="caller-identity",
        weight=2,
    ),
)
