"""The audience is not the full resource name of a provider.

The audience must name the provider as
//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER. The token service
rejects an audience that names only the pool, that begins with https:, or that contains the prefix
//iam.googleapis.com/ twice. gcloud writes the audience to the file without checking the audience.

To confirm this cause, look at the field "audience" of the credential configuration.

Fix: correct the audience, or generate the credential configuration again with wif-wizard apply.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = 'Look at the field "audience" of the credential configuration.'
ASK = questions.CONFIGURATION
MESSAGES = (
    Message(
        pattern=r"""Invalid value for ['\"]audience['\"]""",
        side="Google Cloud",
        hop="exchange",
        weight=2,
    ),
)
