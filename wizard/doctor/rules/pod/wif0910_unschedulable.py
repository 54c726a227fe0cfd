"""No available node has enough free CPU and memory for the pod.

All nodes are full, or have taints that the pod does not tolerate. The one-off pod needs 100m CPU and 128Mi memory.

To see the reason, run:

    kubectl --namespace=NAMESPACE get events

Fix: add a node, or make CPU and memory available on a node, then test again. Alternatively, print the probe script and
run it in a running pod. To print the script, run: wif-wizard probe
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
