"""Workload Identity Federation for GKE is disabled on the cluster.

The cluster has no workload pool. Google Cloud does not accept tokens of the cluster, and pods act as the service
account of their node. Google Cloud creates the pool PROJECT.svc.id.goog when you enable Workload Identity Federation
for GKE on the first cluster of the project. Until then, IAM policies cannot name the pool.

To confirm this cause, run:

    gcloud container clusters describe CLUSTER --location=LOCATION \\
      --format='value(workloadIdentityConfig.workloadPool)'

Fix: enable Workload Identity Federation for GKE with wif-wizard apply, or with: gcloud container clusters update
CLUSTER --location=LOCATION --workload-pool=PROJECT.svc.id.goog. You must also change the metadata mode of existing
node pools.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the cluster: gcloud container clusters describe CLUSTER --location=LOCATION"
ASK = questions.KSA
MESSAGES = (
    Message(
        pattern=r"Identity Pool does not exist \((?P<pool>[\w.:-]+\.svc\.id\.goog)\)",
        side="Google Cloud",
        hop="cluster",
        weight=4,
    ),
)
DRIFTS = (Drift(kind="cluster's workload pool", key="workloadPool", action="update"),)
