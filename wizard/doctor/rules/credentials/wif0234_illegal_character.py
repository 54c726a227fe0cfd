"""An access key or a token contains a character that HTTP headers cannot contain.

The value of a variable ends with a line break, a quote or a control character. Usually, someone stored the secret with
a line break, or copied the secret with its quotes.

To confirm this cause, count the characters in the value of the variable:

    printf %s "$AWS_SESSION_TOKEN" | wc -c

Fix: store the value again without quotes or line breaks.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for a line break at the end of each variable that contains an access key or a token."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"""Invalid character in header content \[['\"](authorization|x-amz-security-token)['\"]\]""",
        side="the program's auth library",
        hop="exchange",
        weight=2,
    ),
    Message(
        pattern=r"""net/http: invalid header field value for ['\"](Authorization|X-Amz-Security-Token)['\"]""",
        side="the program's auth library",
        hop="exchange",
        weight=2,
    ),
)
