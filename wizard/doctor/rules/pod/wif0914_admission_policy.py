"""A ValidatingAdmissionPolicy of the cluster does not allow the pod.

The pod does not comply with a rule of the policy, for example a rule about labels, images or security. The error
message names the policy and the binding of the policy.

To confirm this cause, run:

    kubectl get validatingadmissionpolicy NAME -o yaml

Fix: set the required values in the setup (probe.labels, probe.resources, probe.security_context, probe.image), or use
the option `--from here` to test everything except the node.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy that the error message names."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"""ValidatingAdmissionPolicy ['\"](?P<policy>[^'\"]*)['\"] with binding ['\"]"""
        r"""(?P<binding>[^'\"]*)['\"] denied request""",
        side="the cluster",
        hop="pod",
        weight=3,
    ),
)
