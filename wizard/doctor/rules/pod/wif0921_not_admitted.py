"""The admission control of the cluster does not allow the one-off pod.

An admission rule of the cluster denied the pod. The error message quotes the rule.

To see the whole message, run:

    kubectl --namespace=NAMESPACE get events

Fix: set the required values in the setup (probe.labels, probe.resources, probe.security_context, probe.image), or use
the option `--from here` to test everything except the node.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the reason that the cluster gives in the error message."
ASK = questions.POD
