"""The service account is disabled.

No one can get a token of a disabled service account, whatever the grants are. Someone disabled it, or Google did
because of a leaked key.

To confirm this cause, run:

    gcloud iam service-accounts describe EMAIL --format='value(disabled)'

Fix: if nobody disabled it on purpose, enable it with wif-wizard apply, or with: gcloud iam service-accounts enable
EMAIL
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
