"""The metadata server does not know the pod by its IP address.

The metadata server finds the pod by the source address of the request. It does not find pods on the network of their
host, pods whose traffic another component rewrites, and pods that live only for seconds.

To confirm this cause, compare the address in the message with:

    kubectl --namespace=NAMESPACE get pod NAME -o wide

Fix: remove hostNetwork: true and what rewrites the source address; let short jobs try again.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Compare the address in the message with the IP address of the pod."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"Unable to find pod: generic::not_found",
        side="Google Cloud",
        hop="metadata-server",
        weight=3,
    ),
)
