"""The Pod Security Standard of the namespace does not allow the pod.

The namespace enforces a level of the Pod Security Standards (baseline or restricted). The error message names the
fields that the pod must set, such as runAsNonRoot.

To see the level, run:

    kubectl get namespace NAMESPACE --show-labels

Fix: correct probe.security_context in the setup, or use `--from here` to test everything except the node.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the Pod Security level that the error message names."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"""violates PodSecurity ['\"](?P<level>[^'\"]*)['\"]""",
        side="the cluster",
        hop="pod",
        weight=3,
    ),
)
