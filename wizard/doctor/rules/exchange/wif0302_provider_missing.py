"""The audience names a provider that does not exist, or that is not in use.

The token service gives one answer to five faults: the pool or the provider does not exist, is deleted or is disabled,
or the audience has the project ID instead of the number. It does not say which.

To see which, list them, deleted ones included:

    gcloud iam workload-identity-pools providers list --workload-identity-pool=POOL --location=global \\
      --show-deleted

Fix: run wif-wizard apply, which creates, enables or undeletes what is missing; or correct the audience.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names, also among the deleted pools and providers."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"""The target service indicated by the ['\"]audience['\"] parameters is invalid""",
        side="Google Cloud",
        hop="exchange",
        weight=3,
    ),
    Message(
        pattern=r"\binvalid_target\b",
        side="Google Cloud",
        hop="exchange",
    ),
)
DRIFTS = (Drift(kind="workload identity pool provider", action="create"),)
