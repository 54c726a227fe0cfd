"""AWS does not accept the access keys.

There are three possible causes: the program uses temporary access keys (ASIA...) without AWS_SESSION_TOKEN, someone
deleted or deactivated the access keys, or the region is not enabled in the account.

To test the access keys, run this command in the program's environment:

    aws sts get-caller-identity

Fix: if the access keys are temporary, also set AWS_SESSION_TOKEN, or use the credentials that the runtime serves. If
someone deleted the access keys, create new access keys. Use a region that is enabled in the account.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the first four letters of AWS_ACCESS_KEY_ID, and check whether AWS_SESSION_TOKEN is set too."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"Received invalid AWS response of type InvalidClientTokenId",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
    Message(
        pattern=r"The security token included in the request is invalid",
        side="AWS",
        hop="caller-identity",
        weight=2,
    ),
    Message(
        pattern=r"\b(InvalidClientTokenId|UnrecognizedClientException)\b",
        side="AWS",
        hop="caller-identity",
    ),
)
