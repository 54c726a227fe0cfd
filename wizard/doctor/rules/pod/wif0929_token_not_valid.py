"""The token file of the pod does not contain a token of the cluster.

The file is empty, or does not contain a JWT. If a script copied the token when the pod started, the copy can be
incomplete or expired.

To confirm this cause, look at the size of the file in the pod. Do not print the token to a log.

Fix: mount the projected volume itself, and do not copy the token. The Result page shows the volume and its mount.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Find out which program writes the token file."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"Missing subject_token in the credential_source file",
        side="the program's auth library",
        hop="subject-token",
        weight=2,
    ),
    Message(
        pattern=r"Unable to parse the subject_token from the credential_source file",
        side="the program's auth library",
        hop="subject-token",
        weight=2,
    ),
)
