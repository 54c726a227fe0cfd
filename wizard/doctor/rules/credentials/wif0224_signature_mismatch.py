"""The signature of the AWS request is wrong.

The signature that AWS calculated is not the signature that the client sent. The secret access key does not belong to
the access key ID, or contains an extra space, quote or line break. A proxy that changes a signed header can also cause
this error.

To confirm this cause, run this command in the program's environment:

    aws sts get-caller-identity

Fix: set the secret access key again, without quotes or line breaks. If a proxy changes headers, exclude the AWS hosts
from the proxy (NO_PROXY).
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for an extra character in AWS_SECRET_ACCESS_KEY, without printing the value to a log."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"Received invalid AWS response of type SignatureDoesNotMatch",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
    Message(
        pattern=r"The request signature we calculated does not match the signature you provided",
        side="AWS",
        hop="caller-identity",
        weight=2,
    ),
)
