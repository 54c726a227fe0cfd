"""The cluster has more Kubernetes service accounts than the metadata server supports.

The metadata server keeps all Kubernetes service accounts of the cluster in memory. With more than about 3,000
Kubernetes service accounts, the metadata server runs out of memory and restarts (OOMKilled, CrashLoopBackOff). The pods
on the affected nodes then get no tokens.

To count the Kubernetes service accounts, run:

    kubectl get serviceaccounts --all-namespaces --no-headers | wc -l

Fix: delete unused Kubernetes service accounts, or distribute the workloads across more clusters.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Count the Kubernetes service accounts of the cluster."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"(OOMKilled|CrashLoopBackOff).{0,120}?gke-metadata-server|gke-metadata-server"
        r".{0,120}?(OOMKilled|CrashLoopBackOff)",
        side="the cluster",
        hop="metadata-server",
        weight=3,
    ),
)
