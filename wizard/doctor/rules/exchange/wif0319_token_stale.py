"""The token of the workload is too old.

Google Cloud accepts a token only for a limited time after the cluster issues the token. The kubelet renews the token
in the file, but the program uses a copy of the token, or keeps the first token in memory.

To confirm this cause, look at the claims "iat" and "exp" of the token that the program sends.

Fix: mount the projected volume itself, not a copy of the token, and read the file again for each exchange, as Google's
auth libraries do.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Find out which file the program reads the token from, and when the program reads the file."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"ID Token issued at (?P<issued>\d+) is stale to sign-in",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
)
