"""The token service cannot read the signed AWS request.

The subject token must be the signed request (url, method, headers) as percent-encoded JSON. A program created the
request without an auth library, and omitted the encoding or a header.

To confirm this cause, find the program or library that creates the request. Google's auth libraries create the request
correctly.

Fix: create the request with one of Google's auth libraries.
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
