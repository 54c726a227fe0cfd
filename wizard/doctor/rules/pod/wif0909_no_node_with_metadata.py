"""No node with the GKE metadata server can run the pod.

The pod needs a node with the label iam.gke.io/gke-metadata-server-enabled. No node pool has the mode GKE_METADATA, or
the nodes with this mode do not have enough free CPU and memory.

To see the nodes, run:

    kubectl get nodes --selector=iam.gke.io/gke-metadata-server-enabled=true

Fix: set the metadata mode of a node pool to GKE_METADATA with wif-wizard apply, or add nodes to a node pool with this
mode.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the events of the namespace: kubectl --namespace=NAMESPACE get events"
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"(?P<nodes>\d+/\d+) nodes are available: .{0,300}?node affinity/selector",
        side="the cluster",
        hop="pod",
        weight=2,
    ),
)
