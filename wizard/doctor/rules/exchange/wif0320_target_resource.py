"""The signed AWS request names the provider in a format that the token service does not accept.

The header x-goog-cloud-target-resource must contain the full resource name of the provider, with the project number.
Auth libraries copy the name from the audience of the credential configuration. Programs that sign the request without
an auth library often use the project ID.

To confirm this cause, look at the audience, or at the code that signs the request.

Fix: use the project number in the audience and in x-goog-cloud-target-resource.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the project in the audience of the credential configuration."
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"x-goog-cloud-target-resource[\"':,=\s]{1,12}(value[\"':,=\s]{1,12})?//iam\.googleapis\.com/projects/(?P<project>(?!\d+/)[a-z][a-z0-9-]+)/",
        side="the program's auth library",
        hop="exchange",
        weight=2,
    ),
)
