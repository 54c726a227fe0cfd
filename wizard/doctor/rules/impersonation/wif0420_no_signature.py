"""The program cannot sign, because it has no private key.

Signed URLs need a signature. A key file has a private key for it; a credential configuration has none. IAM can sign
for a service account with signBlob.

To confirm this cause, look for signed URLs in the program.

Fix: impersonate a service account (access.via: service-account), and grant roles/iam.serviceAccountTokenCreator on it,
so that the client library can sign with signBlob.
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
