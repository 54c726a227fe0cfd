"""The metadata server did not have the pod's account when the program asked.

In the first seconds of a pod the metadata server can answer without an account. gcloud then says that there are no
credentialed accounts, and does not ask again.

To confirm this cause, run the same command in the pod again after a few seconds.

Fix: let an initContainer wait until the metadata server answers, or let the program try again.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Check how long the pod ran before the program requested a token."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"No credentialed accounts",
        side="the operator's tools",
        hop="metadata-server",
        weight=2,
    ),
)
