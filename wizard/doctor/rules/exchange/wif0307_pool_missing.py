"""The workload identity pool does not exist.

The project has no workload identity pool with this name. The name is misspelled, the pool is in a different project,
or nobody created the pool. For up to a minute, other Google Cloud services can report that a new pool does not exist.

To confirm this cause, run:

    gcloud iam workload-identity-pools list --location=global --project=PROJECT

Fix: create the pool with wif-wizard apply, or correct the name of the pool and the project number. If the pool is new,
try again after a minute.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names. Include deleted pools and providers."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"Identity Pool does not exist \((?P<pool>projects/[^)]*)\)",
        side="Google Cloud",
        hop="exchange",
        weight=2,
    ),
)
DRIFTS = (Drift(kind="workload identity pool", action="create"),)
