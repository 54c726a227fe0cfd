"""A command creates the provider before the workload identity pool is ready.

Google Cloud needs a few seconds to create a pool. gcloud does not wait until the pool is ready. If a script creates the
provider immediately after the pool, Google Cloud can return the HTTP status code 404.

To confirm this cause, run the same command again after a few seconds.

Fix: wait until the pool is ready, or use wif-wizard apply, which waits for the pool.
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
