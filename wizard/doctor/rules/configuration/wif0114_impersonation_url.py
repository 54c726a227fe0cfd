"""The impersonation URL in the credential configuration is not valid.

service_account_impersonation_url must end with /v1/projects/-/serviceAccounts/EMAIL:generateAccessToken. gcloud does
not check the email address, so the URL can contain an extra quote, a space or a name without a domain.

To confirm this cause, look at service_account_impersonation_url.

Fix: correct the email address of the service account in the setup, then run wif-wizard apply.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at service_account_impersonation_url in the credential configuration."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"Unable to determine target principal from service account impersonation URL",
        side="the program's auth library",
        hop="config",
        weight=2,
    ),
)
