"""The node pool does not exist in the cluster.

The setup or the command names a node pool that the cluster does not have.

To see the node pools, run:

    gcloud container node-pools list --cluster=CLUSTER --location=LOCATION

Fix: correct gke.node_pools in the setup.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the list of node pools of the cluster."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"""Not found: node pool ['\"](?P<pool>[^'\"]+)['\"] not found""",
        side="Google Cloud",
        hop="node-pools",
        weight=3,
    ),
)
