"""The token service receives too many requests.

A project can make 6,000 exchanges a minute by default. Programs that get a new token for each request, or many short
processes, use the quota up.

To confirm this cause, look at the quota of sts.googleapis.com in the project of the pool.

Fix: let the application reuse its token until shortly before it expires; request more quota if that is not enough.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Find out how often the application requests a new token."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"throttled due to rate limit: sts\.googleapis\.com",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
)
