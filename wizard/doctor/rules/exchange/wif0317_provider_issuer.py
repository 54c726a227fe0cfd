"""The provider's issuer is not the issuer of the workload's cluster.

Each EKS cluster has its own issuer. A recreated cluster has a new issuer, even if the name of the cluster is the same.

To see the cluster's issuer, run:

    aws eks describe-cluster --name CLUSTER --query cluster.identity.oidc.issuer

Fix: correct aws.cluster in the setup, or use a separate provider for the cluster, then run wif-wizard apply.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Compare the issuer of the provider with the issuer of the cluster."
ASK = questions.CONFIGURATION
DRIFTS = (Drift(kind="workload identity pool provider", key="issuer"),)
