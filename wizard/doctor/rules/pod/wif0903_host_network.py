"""The pods use the host network of their node.

A pod with hostNetwork: true uses the metadata server of Compute Engine, and gets tokens of the node's service account.

To confirm this cause, run:

    kubectl --namespace=NAMESPACE get pods -o custom-columns=NAME:.metadata.name,HOST:.spec.hostNetwork

Fix: remove hostNetwork: true from the pod template. If the pod needs the network of the node, use a different source
of credentials.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at hostNetwork in the pod template."
ASK = questions.POD
