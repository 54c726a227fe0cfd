"""The credential configuration tells the auth library to run a program.

The credential source is an executable. The auth library runs the executable only if an environment variable allows
executables. The live test does not run programs that a credential configuration names.

To confirm this cause, look at credential_source.executable in the file.

Fix: generate the credential configuration with AWS or a token file as the credential source. If you trust the program,
you can set GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1 in the workload instead.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at credential_source.executable in the credential configuration."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"xecutables need to be explicitly allowed",
        side="the program's auth library",
        hop="config",
        weight=2,
    ),
)
