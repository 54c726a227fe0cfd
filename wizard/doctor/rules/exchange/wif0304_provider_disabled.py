"""The provider is disabled.

The token service does not exchange tokens through a disabled provider. Existing tokens remain valid until they expire,
so the workload can start to fail up to an hour after the change.

To confirm this cause, run:

    gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global

Fix: enable the provider with wif-wizard apply. All identities that the attribute condition allows can then get tokens
again.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names. Include deleted pools and providers."
ASK = questions.CONFIGURATION
DRIFTS = (Drift(kind="workload identity pool provider", key="disabled", action="update"),)
