"""The program's auth library does not know credentials of the type external_account.

Old versions of the auth libraries, and tools with an auth code of their own, read only keys of service accounts and
credentials of users. They refuse a credential configuration because of its type.

To confirm this cause, look at the version of the auth library in the image of the program.

Fix: update the auth library or the tool to a version that reads external_account. If there is none, let another
program get an access token, and give that token to the tool.
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
