"""The type of the provider does not match the credentials of the workload.

A provider accepts one type of credentials: AWS credentials, tokens of one OIDC issuer, SAML assertions or X.509
certificates. You cannot change the type of a provider. If you try to change the type, Google Cloud returns an error
message about a missing AWS account ID.

To see the type, run:

    gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global

Fix: use a provider of the correct type in the pool. To create a provider, write the name of a new provider in the
setup, then run wif-wizard apply. Google Cloud reserves the name of a deleted provider for 30 days.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names. Include deleted pools and providers."
ASK = questions.CONFIGURATION
