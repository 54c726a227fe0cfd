"""The service account is disabled.

No identity can get a token for a disabled service account, even if the identity has the required role. Someone disabled
the service account, or Google disabled the service account because of a leaked key.

To confirm this cause, run:

    gcloud iam service-accounts describe EMAIL --format='value(disabled)'

Fix: if nobody disabled the service account intentionally, enable the service account with wif-wizard apply, or with:
gcloud iam service-accounts enable EMAIL
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the state of the service account."
ASK = questions.ACCOUNT
MESSAGES = (
    Message(
        pattern=r"service account (?P<account>\S+@\S+ )?(is|was|has been) disabled",
        side="Google Cloud",
        hop="impersonation",
        weight=3,
    ),
)
DRIFTS = (Drift(kind="service account", key="disabled"),)
