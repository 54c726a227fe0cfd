"""The program cannot sign URLs, because the program has no private key.

To sign a URL locally, a program needs a private key. A service account key contains a private key, but a credential
configuration does not. With the method signBlob, IAM can sign data for a service account.

To confirm this cause, check whether the program creates signed URLs.

Fix: impersonate a service account (access.via: service-account), and grant the workload the role
roles/iam.serviceAccountTokenCreator on the service account. The client library can then sign URLs with signBlob.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look for signed URLs in the program."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"you need a private key to sign credentials",
        side="the program's auth library",
        hop="application",
        weight=2,
    ),
    Message(
        pattern=r"Cannot sign data without `?client_email`?",
        side="the program's auth library",
        hop="application",
        weight=2,
    ),
    Message(
        pattern=r"(?P<permission>iam\.serviceAccounts\.signBlob)\W{0,3} (permission )?denied",
        side="Google Cloud",
        hop="application",
        weight=4,
    ),
)
