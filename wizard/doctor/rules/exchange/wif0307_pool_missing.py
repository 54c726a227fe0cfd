"""The workload identity pool does not exist.

The project has no pool with this name: the name is misspelled, the pool is in another project, or nobody created it. A
pool that was created seconds ago can be unknown to other services of Google Cloud for a minute.

To confirm this cause, run:

    gcloud iam workload-identity-pools list --location=global --project=PROJECT

Fix: create the pool with wif-wizard apply, or correct its name and the project number. If it is new, try again after a
minute.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names, also among the deleted pools and providers."
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
