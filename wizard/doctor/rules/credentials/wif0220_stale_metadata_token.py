"""The auth library for Node.js uses an expired session token of the instance metadata service.

Version 9 of google-auth-library for Node.js keeps the IMDSv2 session token, and does not renew the session token. The
program works for about an hour. Then, each refresh of the credentials fails until you restart the program.

To confirm this cause, look at the version of google-auth-library that the program uses.

Fix: update google-auth-library to the current version.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Check the version of google-auth-library, and how long the program ran before the call failed."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"\b401\b.{0,2000}?x-aws-ec2-metadata-token|x-aws-ec2-metadata-token.{0,2000}?status code 401\b",
        side="the program's auth library",
        hop="aws-credentials",
        weight=3,
    ),
)
