"""The credential configuration is not valid.

The auth library cannot read the file: the file is not JSON, a field is missing, or a value has the wrong format.
Common causes are a template with placeholders, quotes that a shell removed, and a file that a secret store encoded
twice.

To see each problem, run:

    wif-wizard doctor CONFIG.json

Fix: generate the credential configuration again with wif-wizard apply or gcloud, and deploy the file without changes.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "In the workload, look at the content of the credential configuration."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"File (?P<file>\S+) is not a valid json file",
        side="the program's auth library",
        hop="config",
        weight=2,
    ),
    Message(
        pattern=r"Failed to load external account credentials from (?P<file>\S+)",
        side="the program's auth library",
        hop="config",
    ),
    Message(
        pattern=r"GOOGLE_APPLICATION_CREDENTIALS environment variable: (invalid character|unexpected end " r"of JSON)",
        side="the program's auth library",
        hop="config",
        weight=2,
    ),
    Message(
        pattern=r"The file (?P<file>\S+) does not have a valid type\.",
        side="the program's auth library",
        hop="config",
        weight=2,
    ),
    Message(
        pattern=r"(Unexpected (token|non-whitespace character) .{1,60}?JSON|Unexpected end of JSON input)"
        r".{0,600}?google-auth-library",
        side="the program's auth library",
        hop="config",
        weight=2,
    ),
)
