"""The variable AWS_REGION is set, but empty.

Docker Compose files and templates often set a variable to an empty string. The auth library for Python then uses an
empty region name, and builds the host name sts..amazonaws.com, which does not exist.

To confirm this cause, print the value of AWS_REGION between quotes in the workload.

Fix: set AWS_REGION to a region, or unset AWS_REGION.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at AWS_REGION in the environment of the program."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"sts\.\.amazonaws\.com",
        side="the program's auth library",
        hop="aws-credentials",
        weight=3,
    ),
)
