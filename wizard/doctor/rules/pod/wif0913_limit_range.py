"""A LimitRange of the namespace does not allow the one-off pod.

The LimitRange sets a minimum or a maximum of CPU or memory for each container. The one-off pod requests 100m CPU and
128Mi memory.

To confirm this cause, run:

    kubectl --namespace=NAMESPACE describe limitranges

Fix: set probe.resources in the setup to values that the LimitRange allows, or use the option `--from here` to test
everything except the node.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the events of the namespace: kubectl --namespace=NAMESPACE get events"
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"(minimum|maximum) (?P<resource>[\w./-]+) usage per \w+ is (?P<amount>[^\s,]+)",
        side="the cluster",
        hop="pod",
        weight=2,
    ),
)
