"""The workload identity pool has a mode that does not support providers.

A pool gets its mode (FEDERATION_ONLY, TRUST_DOMAIN, SYSTEM_TRUST_DOMAIN) when it is created, and you cannot change the
mode later. Only pools with the mode FEDERATION_ONLY can have providers. The pool of GKE, PROJECT.svc.id.goog, has the
mode SYSTEM_TRUST_DOMAIN. Lists of pools can contain the pool of GKE, but Google Cloud returns an error if you list the
providers of this pool.

To see the mode, run:

    gcloud iam workload-identity-pools describe POOL --location=global

Fix: use a different pool. To create a pool, write the name of a new pool in the setup, then run wif-wizard apply.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the mode of the workload identity pool."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"Attempted to update an immutable field",
        side="Google Cloud",
        hop="exchange",
    ),
)
DRIFTS = (Drift(kind="workload identity pool", action="refused"),)
