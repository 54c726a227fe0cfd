"""The provider has no attribute condition.

Every identity of the AWS account, or every token of the issuer, can get a token of the pool. What it can do then
depends on the grants alone: one grant that is too wide is enough.

To confirm this cause, run:

    gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global

Fix: add a condition that names the roles that need the provider. The wizard does not add one by itself, because it
cannot know who else uses the provider.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the attribute condition of the provider."
ASK = questions.CONFIGURATION
SEVERITY = "risk"
