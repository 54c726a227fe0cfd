"""The image policy of the cluster (Binary Authorization) does not allow the image.

The cluster allows only images from specific registries, or images with attestations.

To see the policy, run:

    gcloud container binauthz policy export

Fix: set probe.image to an image that the policy allows and that has Python 3.8 or newer, or use `--from here` to test
everything except the node.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the image policy of the cluster."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"image policy webhook backend denied one or more images",
        side="the cluster",
        hop="pod",
        weight=3,
    ),
)
