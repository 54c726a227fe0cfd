"""The lifetime of the service account's token is out of range.

The lifetime of a service account token must be from 600 s to 43,200 s. A lifetime of more than 3,600 s needs the
organization policy constraints/iam.allowServiceAccountCredentialLifetimeExtension for the service account.

To confirm this cause, look at service_account_impersonation.token_lifetime_seconds in the file.

Fix: set a lifetime from 600 s to 3,600 s, or remove the lifetime from the file. The default lifetime is 3,600 s.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the token lifetime that the command or the credential configuration requests."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"service-account-token-lifetime-seconds: value must be (greater|less) than",
        side="the operator's tools",
        hop="config",
        weight=2,
    ),
)
