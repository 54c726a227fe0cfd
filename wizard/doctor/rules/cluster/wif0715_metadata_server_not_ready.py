"""The GKE metadata server does not answer the pod.

In the first seconds after a pod starts, the metadata server can refuse connections. If the refusals continue, a
probable cause is that the pod of the DaemonSet gke-metadata-server on the node keeps restarting or does not have enough
memory. A NetworkPolicy or a firewall can also block the connection. In GKE 1.35 and newer with Dataplane V2, refused
connections shortly after a node starts are a known problem.

To confirm this cause, run:

    kubectl --namespace=kube-system get pods --selector=k8s-app=gke-metadata-server -o wide

Fix: retry the request in the application, or wait for the metadata server in an initContainer. Check the DaemonSet, and
the NetworkPolicies of the namespace.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = (
    "Look at the DaemonSet gke-metadata-server on the node of the pod, and at the NetworkPolicies of the namespace."
)
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"(169\.254\.169\.254(:80)?|metadata\.google\.internal)\S*/?computeMetadata"
        r".{0,300}?(refused|timed? ?out|deadline exceeded)",
        side="the program's auth library",
        hop="metadata-server",
        weight=3,
    ),
    Message(
        pattern=r"metadata\.google\.internal.{0,200}?(Connection refused|timed? ?out|ETIMEDOUT"
        r"|ECONNREFUSED|deadline exceeded)",
        side="the program's auth library",
        hop="metadata-server",
        weight=2,
    ),
    Message(
        pattern=r"Compute Engine Metadata server unavailable",
        side="the program's auth library",
        hop="metadata-server",
        weight=2,
    ),
    Message(
        pattern=r"GKE Metadata Server: Internal Server Error",
        side="the program's auth library",
        hop="metadata-server",
        weight=2,
    ),
    Message(
        pattern=r"Unexpected Error code 50\d trying to get security access token from Compute Engine metadata",
        side="the program's auth library",
        hop="metadata-server",
    ),
)
