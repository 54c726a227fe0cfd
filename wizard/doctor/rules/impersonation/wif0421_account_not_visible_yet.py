"""The service account does not exist, or is too new for the service that looks for it.

A new service account can be found and not found in turn for a few seconds, and a policy that names it can be refused
meanwhile. If it is not new, the address is wrong or the account was deleted.

To confirm this cause, run twice:

    gcloud iam service-accounts describe EMAIL

Fix: if it is new, try again after a minute; otherwise correct the address, or create the account with wif-wizard
apply.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Check the email address in the message, and when the service account was created."
ASK = questions.ACCOUNT
MESSAGES = (
    Message(
        pattern=r"Service account (projects/[^/\s]+/serviceAccounts/)?(?P<account>[^\s@]+@\S+?) does not " r"exist\.?",
        side="Google Cloud",
        hop="impersonation",
        weight=2,
    ),
    Message(
        pattern=r"Unknown service account",
        side="Google Cloud",
        hop="impersonation",
        weight=2,
    ),
)
