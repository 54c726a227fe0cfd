"""The provider has no attribute condition.

Every identity in the AWS account, or everyone with a token of the issuer, can get a token of the pool. Only the grants
limit the access of these identities, so one grant that is too broad gives access to unwanted identities.

To confirm this cause, run:

    gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global

Fix: add an attribute condition that names the identities that need the provider. The wizard does not add an attribute
condition automatically, because the wizard does not know which other workloads use the provider.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the attribute condition of the provider."
ASK = questions.CONFIGURATION
SEVERITY = "risk"
