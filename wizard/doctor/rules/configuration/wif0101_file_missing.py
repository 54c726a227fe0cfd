"""The credential configuration is not where the program looks for it.

The variable GOOGLE_APPLICATION_CREDENTIALS names a file that does not exist in the container, on the host or in the
pod. To request a token, the auth library must first read this file.

The file contains no secret, so the image can contain the file. To confirm this cause, open a shell in the workload as
the user that runs the program, and list the file that the variable names.

Fix: add the credential configuration to the image, or mount the file, for example from a ConfigMap. Then set
GOOGLE_APPLICATION_CREDENTIALS to the path of the file in the workload.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "In the workload, look at GOOGLE_APPLICATION_CREDENTIALS, and at the path that this variable contains."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"GOOGLE_APPLICATION_CREDENTIALS environment variable: The file at (?P<file>\S+) does not " r"exist",
        side="the program's auth library",
        hop="config",
        weight=3,
    ),
    Message(
        pattern=r"GOOGLE_APPLICATION_CREDENTIALS environment variable: open (?P<file>[^:]+): no such file",
        side="the program's auth library",
        hop="config",
        weight=3,
    ),
    Message(
        pattern=r"GOOGLE_APPLICATION_CREDENTIALS, value '(?P<file>[^']*)': File does not exist",
        side="the program's auth library",
        hop="config",
        weight=3,
    ),
    Message(
        pattern=r"DefaultCredentialsError: File (?P<file>\S+) was not found",
        side="the program's auth library",
        hop="config",
        weight=3,
    ),
    Message(
        pattern=r"\bFile (?P<file>/\S+\.json) was not found",
        side="the program's auth library",
        hop="config",
        weight=2,
    ),
)
