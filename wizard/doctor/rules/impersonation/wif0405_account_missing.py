"""The service account that the workload impersonates does not exist.

No service account has the email address in the credential configuration. The email address is misspelled, the service
account is in a different project, or someone deleted the service account. For up to a minute, Google Cloud can report
that a new service account does not exist.

To confirm this cause, run:

    gcloud iam service-accounts describe EMAIL

Fix: correct the email address in the setup, or create the service account, then run wif-wizard apply.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the email address in the error message, and at the service accounts of the project in the address."
ASK = questions.ACCOUNT
MESSAGES = (
    Message(
        pattern=r"Gaia id not found for email (?P<account>[\w.+-]+@[\w.-]*\w)",
        side="Google Cloud",
        hop="impersonation",
        weight=4,
    ),
    Message(
        pattern=r"Gaia id not found",
        side="Google Cloud",
        hop="impersonation",
        weight=3,
    ),
)
DRIFTS = (
    Drift(kind="service account", action="create"),
    Drift(kind="roles on the service account", action="create"),
)
