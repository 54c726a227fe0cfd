"""The instance accepts only IMDSv2, and the credential configuration does not use it.

The instance metadata service requires a session token (HttpTokens: required). The credential configuration does not
name the address of that token, so the auth library asks without one, and gets the status 401.

To confirm this cause, look at credential_source in the file: imdsv2_session_token_url is missing.

Fix: write aws.imdsv2: true in the setup and run wif-wizard apply, or generate the file with gcloud and
--enable-imdsv2; then deploy it.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at credential_source.imdsv2_session_token_url, and at HttpTokens of the instance."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"Unable to retrieve AWS role name",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
)
