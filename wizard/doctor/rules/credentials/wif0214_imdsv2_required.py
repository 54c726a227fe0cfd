"""The EC2 instance accepts only IMDSv2, but the credential configuration does not use IMDSv2.

The instance metadata service requires a session token (HttpTokens: required). The credential configuration does not
contain the URL of the session token. For this reason, the auth library sends a request without a session token, and
gets the HTTP status code 401.

To confirm this cause, look at credential_source in the file: imdsv2_session_token_url is missing.

Fix: set aws.imdsv2: true in the setup and run wif-wizard apply, or generate the file with gcloud and the option
--enable-imdsv2. Then deploy the file.
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
    Message(
        pattern=r"Failed to retrieve AWS IAM role\.",
        side="the program's auth library",
        hop="aws-credentials",
        weight=2,
    ),
)
