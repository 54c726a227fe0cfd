"""The attribute mapping of the provider lacks what the grants of the workload need.

A grant to principalSet://.../attribute.aws_role/... works only if the provider maps attribute.aws_role, and gives it
the value that the grant names. Here the attribute is not mapped, or another expression defines it.

To see the mapping, run:

    gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global \\
      --format='value(attributeMapping)'

Fix: add the attribute with wif-wizard apply, which never changes keys that exist. If the key has another meaning
already, use a provider of its own.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the attribute mapping of the provider."
ASK = questions.CONFIGURATION
DRIFTS = (Drift(kind="workload identity pool provider", key="mapping"),)
