"""The auth library for Node.js uses an expired session token of the metadata service.

Version 9 of google-auth-library for Node.js keeps the session token of IMDSv2, and does not renew it. The program
works for about an hour, and then fails at each refresh until it restarts.

To confirm this cause, look at the version of google-auth-library in the program.

Fix: update google-auth-library to the current version.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the version of google-auth-library, and at how long the program ran before it failed."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"\b401\b.{0,2000}?x-aws-ec2-metadata-token|x-aws-ec2-metadata-token.{0,2000}?status code 401\b",
        side="the program's auth library",
        hop="aws-credentials",
        weight=3,
    ),
)
