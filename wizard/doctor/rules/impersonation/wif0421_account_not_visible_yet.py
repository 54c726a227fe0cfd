"""The service account does not exist, or is so new that Google Cloud does not find it yet.

For a few seconds after someone creates a service account, some requests find the service account and other requests do
not. During this time, Google Cloud can reject an IAM policy that names the new service account. If the service account
is not new, the email address is wrong, or someone deleted the service account.

To confirm this cause, run this command twice:

    gcloud iam service-accounts describe EMAIL

Fix: if the service account is new, try again after a minute. Otherwise, correct the email address, or create the
service account with wif-wizard apply.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Check the email address in the error message, and check when the service account was created."
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
