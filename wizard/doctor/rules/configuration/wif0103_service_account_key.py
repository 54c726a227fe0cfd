"""The file is a service account key, not a credential configuration.

The program reads a file of the type service_account. The file contains a private key, which by default does not expire.
The program does not use federation, and anyone who copies the file can act as the service account.

To confirm this cause, look at the field "type" of the file: a credential configuration has the type external_account.

Fix: use the credential configuration of the workload. After the live test passes, disable the key, then delete the
key.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = 'Look at the field "type" of the file that GOOGLE_APPLICATION_CREDENTIALS names.'
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"\binvalid_grant\b.{0,80}?Invalid JWT Signature\b",
        side="Google Cloud",
        hop="config",
        weight=2,
    ),
    Message(
        pattern=r"\bInvalid grant: account not found\b",
        side="Google Cloud",
        hop="config",
        weight=2,
    ),
)
