"""The pods use the network of their host.

With hostNetwork: true a pod asks the metadata server of the node's machine, and gets tokens of the node's service
account.

To confirm this cause, run:

    kubectl --namespace=NAMESPACE get pods -o custom-columns=NAME:.metadata.name,HOST:.spec.hostNetwork

Fix: remove hostNetwork: true from the pod template. A pod that needs the host's network needs another source of
credentials.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at hostNetwork in the pod template."
ASK = questions.POD
