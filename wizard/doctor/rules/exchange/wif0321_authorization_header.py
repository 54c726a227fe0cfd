"""The request to the token service has an Authorization header.

A token exchange has no credentials in the headers, because the subject token is in the body. A program, a proxy or a
client library adds an Authorization header, and the token service rejects the request.

To confirm this cause, look at the code or the proxy that calls sts.googleapis.com.

Fix: remove the Authorization header from the request to the token service.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the code or the proxy that calls sts.googleapis.com."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"sts\.googleapis\.com/v1/token\b.{0,1000}?\bAuthorization[\"']?\s?[:=]\s?[\"'\[]{0,2}Bearer\b",
        side="the program's auth library",
        hop="exchange",
        weight=2,
    ),
)
