"""The token service cannot read the signed AWS request.

The subject token must be the signed request as JSON (url, method, headers), percent-encoded. A program that builds the
request itself left out the encoding or a header.

To confirm this cause, look at who makes the request: Google's auth libraries build it correctly.

Fix: let a Google auth library create the request.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the code that builds the subject token."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"Invalid format of AWS credentials",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
)
