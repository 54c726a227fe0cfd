"""The metadata server did not return the pod's service account to the program.

In the first seconds after a pod starts, the metadata server sometimes returns no service account. gcloud then prints an
error about missing credentialed accounts, and does not try again.

To confirm this cause, run the failed command in the pod again after a few seconds.

Fix: wait in an initContainer until the metadata server answers, or retry the request in the program.
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
