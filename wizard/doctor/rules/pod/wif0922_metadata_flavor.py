"""The request to the metadata server does not contain the header Metadata-Flavor.

The metadata server answers only requests with the header Metadata-Flavor: Google. Google's auth libraries send this
header. Your own script or probe did not send the header, or a proxy removed the header.

To confirm this cause, look at the program that sends the request.

Fix: send the header Metadata-Flavor: Google.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the program or the probe that calls the metadata server."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"""Missing required header ['\"]Metadata-Flavor""",
        side="Google Cloud",
        hop="metadata-server",
        weight=3,
    ),
)
