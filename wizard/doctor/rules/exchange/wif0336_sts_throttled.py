"""The token service receives too many requests.

By default, a project can make 6,000 token exchanges per minute. Programs that get a new token for each request can
exceed this quota, and so can many short-lived processes.

To confirm this cause, look at the quota of sts.googleapis.com in the project of the pool.

Fix: change the application to reuse each token until shortly before the token expires. If this change is not
sufficient, request a higher quota.
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
