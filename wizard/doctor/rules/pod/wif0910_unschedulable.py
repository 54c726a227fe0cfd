"""No node has enough free CPU and memory for the pod.

All nodes are full, or have taints that the pod does not tolerate. The one-off pod needs 100m CPU and 128Mi memory.

To see the reason, run:

    kubectl --namespace=NAMESPACE get events

Fix: add a node, or free CPU and memory, then test again. Alternatively, run the printed probe in a running pod:
wif-wizard probe
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the events of the namespace: kubectl --namespace=NAMESPACE get events"
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"(?P<nodes>\d+/\d+) nodes are available: ",
        side="the cluster",
        hop="pod",
        weight=1,
    ),
)
