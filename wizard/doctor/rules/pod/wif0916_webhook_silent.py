"""An admission webhook of the cluster does not answer.

The cluster creates a pod only if the admission webhook allows the pod. The service of the webhook does not answer, so
the cluster does not create the pod. This problem affects all new pods that the webhook checks.

To see the webhooks, run:

    kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations

Fix: restore the service of the webhook that the error message names, or use the option `--from here` to test everything
except the node.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the service of the webhook that the error message names."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"""failed calling webhook ['\"](?P<webhook>[^'\"]*)['\"]""",
        side="the cluster",
        hop="pod",
        weight=3,
    ),
)
