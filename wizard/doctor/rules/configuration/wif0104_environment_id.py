"""The credential configuration has an environment_id other than aws1.

The auth libraries support only one version of the AWS credential source, aws1. Someone edited the value manually, or a
template contains the wrong value.

To confirm this cause, look at credential_source.environment_id in the file.

Fix: generate the credential configuration again with wif-wizard apply or gcloud. The value of environment_id must be
"aws1".
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at credential_source.environment_id in the credential configuration."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"""aws version ['\"](?P<version>[^'\"]*)['\"] is not supported in the current build""",
        side="the program's auth library",
        hop="config",
        weight=2,
    ),
)
