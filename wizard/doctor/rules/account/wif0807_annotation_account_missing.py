"""The annotation names a Google service account that does not exist.

The metadata server requested a token for the Google service account in the annotation, and IAM did not find this
account. The email address is misspelled, the account is in a different project, or someone deleted the account.

To confirm this cause, compare the annotation with the output of this command:

    gcloud iam service-accounts list --project=PROJECT

Fix: if the email address is misspelled, correct google_service_account in the setup. Then run wif-wizard apply, which
creates the service account and corrects the annotation.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the Kubernetes service account: kubectl --namespace=NAMESPACE get serviceaccount KSA -o yaml"
ASK = questions.KSA
MESSAGES = (
    Message(
        pattern=r"IAM returned 404 Not Found: Not found; Gaia id not found for email "
        r"(?P<account>[\w.+-]+@[\w.-]*\w)",
        side="Google Cloud",
        hop="token",
        weight=6,
    ),
    Message(
        pattern=r"IAM returned 404 Not Found",
        side="Google Cloud",
        hop="token",
        weight=5,
    ),
)
