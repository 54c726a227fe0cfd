"""A node pool does not run the GKE metadata server.

The metadata mode of the node pool is GCE_METADATA, or is not set. Every pod on the node pool acts as the service
account of the node, so calls can succeed with the node's permissions. If you enable Workload Identity Federation for
GKE on a cluster, GKE does not change existing node pools.

To confirm this cause, run:

    gcloud container node-pools describe POOL --cluster=CLUSTER --location=LOCATION \\
      --format='value(config.workloadMetadataConfig.mode)'

Fix: change the mode with wif-wizard apply, which recreates the nodes, or with: gcloud container node-pools update POOL
--cluster=CLUSTER --location=LOCATION --workload-metadata=GKE_METADATA
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the metadata mode of the node pools: workloadMetadataConfig.mode."
ASK = questions.KSA
MESSAGES = (
    Message(
        pattern=r"Node pool Workload Identity is not enabled",
        side="Google Cloud",
        hop="node-pools",
        weight=3,
    ),
)
DRIFTS = (
    Drift(kind="node pool's metadata mode"),
    Drift(kind="node pools"),
)
