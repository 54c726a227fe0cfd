"""An admission webhook of the cluster does not allow the pod.

The pod does not comply with a rule of a policy engine, such as Gatekeeper or Kyverno. The error message quotes the
rule.

To see the rule, read the text after "denied the request" in the error message.

Fix: set the required values in the setup (probe.labels, probe.resources, probe.security_context, probe.image), or use
the option `--from here` to test everything except the node.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the reason that the webhook gives in the error message."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"""admission webhook ['\"](?P<webhook>[^'\"]*)['\"] denied the request""",
        side="the cluster",
        hop="pod",
        weight=3,
    ),
)
