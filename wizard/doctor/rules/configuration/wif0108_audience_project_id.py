"""The audience contains the project ID instead of the project number.

The token service finds a workload identity pool by the project number. If the audience contains the project ID or a
placeholder such as PROJECT_NUMBER, the token service returns the same error as for a provider that does not exist.

To confirm this cause, look at the field "audience": the text between projects/ and /locations must contain only digits.
This command prints the project number:

    gcloud projects describe PROJECT_ID --format='value(projectNumber)'

Fix: write the project number in the audience, or generate the credential configuration again with wif-wizard apply.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = 'Look at the text after projects/ in the field "audience" of the credential configuration.'
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"//iam\.googleapis\.com/projects/"
        r"(?P<project>[a-z][a-z0-9_-]{4,29})/locations/global/workloadIdentityPools/[\w-]+/provid"
        r"ers/[\w-]+",
        side="the program's auth library",
        hop="exchange",
        weight=1,
    ),
)
