"""The provider is of a different type than the credentials of the workload.

A provider accepts AWS credentials, tokens of one OIDC issuer, SAML assertions or X.509 certificates, and its type
cannot be changed. Google Cloud refuses a change of the type with a message about the missing AWS account ID.

To see the type, run:

    gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global

Fix: use a provider of the right type in the pool: write the name of a new provider in the setup, then run wif-wizard
apply. The name of a deleted provider is reserved for 30 days.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look for the pool and the provider that the audience names, also among the deleted pools and providers."
ASK = questions.CONFIGURATION
