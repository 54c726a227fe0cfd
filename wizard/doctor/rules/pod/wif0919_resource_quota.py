"""A ResourceQuota of the namespace does not allow the pod.

The pods in the namespace use the whole quota, or the quota requires each container to set requests and limits.

To confirm this cause, run:

    kubectl --namespace=NAMESPACE describe resourcequotas

Fix: set probe.resources in the setup, increase the quota, or test when fewer pods are running. Alternatively, use the
option `--from here` to test everything except the node.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the ResourceQuotas of the namespace."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"exceeded quota: (?P<quota>[^,\s]+),",
        side="the cluster",
        hop="pod",
        weight=2,
    ),
    Message(
        pattern=r"failed quota: (?P<quota>[^:\s]+):",
        side="the cluster",
        hop="pod",
        weight=2,
    ),
)
