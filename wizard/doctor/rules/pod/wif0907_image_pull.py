"""The node cannot pull the image of the one-off pod.

The image does not exist, the registry requires credentials, or the nodes cannot reach the registry. Nodes without
internet access can often use Artifact Registry, but not Docker Hub.

To see the reason, run:

    kubectl --namespace=NAMESPACE get events

Fix: set probe.image in the setup to an image that has Python 3.8 or newer and that the nodes can pull.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the events of the namespace: kubectl --namespace=NAMESPACE get events"
ASK = questions.POD
