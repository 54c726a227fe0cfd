"""The attribute mapping of the provider does not define an attribute that the grants of the workload need.

A grant to principalSet://.../attribute.aws_role/... works only if the provider maps attribute.aws_role to the value in
the grant. The provider does not map the attribute, or maps the attribute with a different expression.

To see the mapping, run:

    gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global \\
      --format='value(attributeMapping)'

Fix: add the attribute with wif-wizard apply, which never changes existing keys of the mapping. If the key already has
a different meaning, use a separate provider for the workload.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the attribute mapping of the provider."
ASK = questions.CONFIGURATION
DRIFTS = (Drift(kind="workload identity pool provider", key="mapping"),)
