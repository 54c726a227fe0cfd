"""The audience names a provider that does not exist, is disabled or is deleted.

The token service returns the same error if the workload identity pool or the provider does not exist, is deleted or is
disabled. The token service also returns this error if the audience contains the project ID instead of the project
number.

To see the providers of the pool, including deleted providers, run:

    gcloud iam workload-identity-pools providers list --workload-identity-pool=POOL --location=global \\
      --show-deleted

Fix: correct the audience, or run wif-wizard apply, which creates, enables or undeletes the pool and the provider.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names. Include deleted pools and providers."
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
