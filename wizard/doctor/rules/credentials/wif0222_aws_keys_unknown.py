"""AWS does not know the access keys.

Three faults give this refusal: temporary access keys (ASIA...) are used without AWS_SESSION_TOKEN; someone deleted or
deactivated the key; or the region is one that the account has not enabled.

To see which, run with the same environment:

    aws sts get-caller-identity

Fix: set AWS_SESSION_TOKEN with temporary access keys, or let the client take them from the runtime; create new keys if
these were deleted; use an enabled region.
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
