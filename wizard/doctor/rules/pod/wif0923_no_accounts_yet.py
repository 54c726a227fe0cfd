"""The metadata server did not have the pod's account when the program asked.

In the first seconds of a pod, the metadata server can return no service account. gcloud then prints that there are no
credentialed accounts, and does not try again.

To confirm this cause, run the same command in the pod again after a few seconds.

Fix: wait in an initContainer until the metadata server answers, or retry in the program.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at how long the pod ran before the program asked."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"No credentialed accounts",
        side="the operator's tools",
        hop="metadata-server",
        weight=2,
    ),
)
