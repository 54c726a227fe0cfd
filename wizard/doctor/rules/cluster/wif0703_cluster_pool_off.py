"""Workload Identity Federation for GKE is off in the cluster.

The cluster has no workload pool. Google Cloud does not accept its tokens, and pods act as the service account of their
node. The pool PROJECT.svc.id.goog comes into being with the first cluster that turns the feature on; until then,
policies cannot name it.

To confirm this cause, run:

    gcloud container clusters describe CLUSTER --location=LOCATION \\
      --format='value(workloadIdentityConfig.workloadPool)'

Fix: turn it on with wif-wizard apply, or with: gcloud container clusters update CLUSTER --location=LOCATION
--workload-pool=PROJECT.svc.id.goog. Existing node pools need their own change.
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
