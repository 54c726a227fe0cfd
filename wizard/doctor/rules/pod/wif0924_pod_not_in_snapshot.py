"""The metadata server does not find the pod by its IP address.

The metadata server finds the pod by the source IP address of the request. The metadata server can fail to find pods
that use their node's network, pods with a rewritten source IP address, or pods that run only for a few seconds.

To confirm this cause, compare the IP address in the error message with the output of this command:

    kubectl --namespace=NAMESPACE get pod NAME -o wide

Fix: remove hostNetwork: true from the pod, or disable the component that rewrites the source IP address. In short-lived
jobs, retry the request.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Compare the address in the error message with the IP address of the pod."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"Unable to find pod: generic::not_found",
        side="Google Cloud",
        hop="metadata-server",
        weight=3,
    ),
)
