"""An admission webhook of the cluster does not answer.

A webhook must agree to each new pod, and its service does not answer, so the cluster creates no pods. This affects all
pods, not only the one-off pod.

To see the webhooks, run:

    kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations

Fix: repair the service of the webhook that the message names, or test everything except the node with --from here.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the service of the webhook that the message names."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"""failed calling webhook ['\"](?P<webhook>[^'\"]*)['\"]""",
        side="the cluster",
        hop="pod",
        weight=3,
    ),
)
