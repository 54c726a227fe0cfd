"""The credential source of the credential configuration is not complete.

The auth libraries for Python and Node.js need regional_cred_verification_url in credential_source, and reject a file
without this field. The auth library for Go uses a default value instead, so the same file can work in one program and
fail in another program.

To confirm this cause, compare credential_source in this file with credential_source in a file that gcloud or the
wizard generated.

Fix: generate the credential configuration again with wif-wizard apply or gcloud, which write
regional_cred_verification_url.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at credential_source.regional_cred_verification_url in the credential configuration."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"""No valid AWS ['\"]credential_source['\"] provided""",
        side="the program's auth library",
        hop="config",
        weight=2,
    ),
    Message(
        pattern=r"""No valid Identity Pool ['\"]credential_source['\"] provided""",
        side="the program's auth library",
        hop="config",
        weight=2,
    ),
    Message(
        pattern=r"Missing credential_source\. A 'file', 'url', or 'certificate' must be provided",
        side="the program's auth library",
        hop="config",
        weight=2,
    ),
)
