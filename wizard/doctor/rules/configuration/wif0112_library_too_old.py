"""The program's auth library does not support credentials of the type external_account.

Old versions of the auth libraries, and some tools that do not use Google's auth libraries, support only service account
keys and user credentials. These libraries and tools reject a credential configuration because of its type.

To confirm this cause, look at the version of the auth library in the image of the program.

Fix: update the auth library or the tool to a version that supports external_account. If no version supports
external_account, get an access token with a different program, and pass the access token to the tool.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the version of the auth library, and at the types that the error text lists."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"Type is external_account, expected one of",
        side="the program's auth library",
        hop="config",
        weight=3,
    ),
    Message(
        pattern=r"'type' value 'external_account' not recognized",
        side="the program's auth library",
        hop="config",
        weight=3,
    ),
    Message(
        pattern=r"""unknown credential type: ['\"]?external_account""",
        side="the program's auth library",
        hop="config",
        weight=3,
    ),
)
