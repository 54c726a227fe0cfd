"""The admission control of the cluster does not allow the one-off pod.

A rule of the cluster refused the pod. The error message quotes the rule.

To see the whole message, run:

    kubectl --namespace=NAMESPACE get events

Fix: set the required values in the setup (probe.labels, probe.resources, probe.security_context, probe.image), or test
everything except the node with --from here.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the reason that the cluster gives in the message."
ASK = questions.POD
