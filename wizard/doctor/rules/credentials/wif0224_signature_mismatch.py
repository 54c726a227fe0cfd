"""The signature of the AWS request is wrong.

AWS calculated a different signature than the client. The secret access key does not belong to the access key ID, it
has a stray blank, quote or line break, or a proxy changed a signed header on the way.

To confirm this cause, run with the same environment:

    aws sts get-caller-identity

Fix: set the secret access key again, without quotes and line breaks; exempt the hosts of AWS from the proxy.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for a stray character in AWS_SECRET_ACCESS_KEY, without printing the value to a log."
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
