"""An admission webhook of the cluster does not allow the pod.

A policy engine such as Gatekeeper or Kyverno has a rule that the pod breaks. The message has the rule's own words.

To see the rule, read what follows "denied the request" in the message.

Fix: set the required values in the setup (probe.labels, probe.resources, probe.security_context, probe.image), or test
everything except the node with --from here.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the reason that the webhook gives in the message."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"""admission webhook ['\"](?P<webhook>[^'\"]*)['\"] denied the request""",
        side="the cluster",
        hop="pod",
        weight=3,
    ),
)
