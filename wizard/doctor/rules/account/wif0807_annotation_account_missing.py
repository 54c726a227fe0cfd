"""The annotation names a Google service account that does not exist.

The metadata server asked for a token of the annotated account, and IAM did not find it: the address is misspelled, in
another project, or the account was deleted.

To confirm this cause, compare the annotation with:

    gcloud iam service-accounts list --project=PROJECT

Fix: correct google_service_account in the setup if the name is misspelled, then run wif-wizard apply, which creates
the account and corrects the annotation.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the service account: kubectl --namespace=NAMESPACE get serviceaccount KSA -o yaml"
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
