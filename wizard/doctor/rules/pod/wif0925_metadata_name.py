"""The pod cannot resolve the name of the metadata server.

Many of Google's auth libraries call the host metadata.google.internal. The DNS of the pod does not resolve this name,
because dnsPolicy or dnsConfig replaces the cluster's DNS, or because the DNS pods do not answer.

To confirm this cause, run this command in the pod:

    getent hosts metadata.google.internal

Fix: use the DNS of the cluster, or set GCE_METADATA_HOST=169.254.169.254 in the pod.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at dnsPolicy and dnsConfig of the pod."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"cannot find the metadata server",
        side="the program's auth library",
        hop="metadata-server",
        weight=2,
    ),
    Message(
        pattern=r"""(ENOTFOUND|EAI_AGAIN|lookup|resolve ['\"]?) ?metadata\.google\.internal""",
        side="the program's auth library",
        hop="metadata-server",
        weight=3,
    ),
)
