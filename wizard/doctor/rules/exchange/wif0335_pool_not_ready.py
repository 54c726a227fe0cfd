"""The provider is created before its pool is ready.

The creation of a pool is an operation that takes a moment. gcloud does not wait for it, so a script that creates the
provider in the next line can be refused with 404.

To confirm this cause, run the same command again after a few seconds.

Fix: wait until the operation is done, or use wif-wizard apply, which waits.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the order and the timing of the commands in the script."
ASK = questions.SETUP
SEVERITY = "note"
MESSAGES = (
    Message(
        pattern=r"\(gcloud\.iam\.workload-identity-pools\.providers\.create-(aws|oidc)\) NOT_FOUND",
        side="the operator's tools",
        hop="exchange",
        weight=2,
    ),
)
