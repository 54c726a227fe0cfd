"""The namespace is being deleted.

The cluster creates no objects in a namespace that is being deleted. A finalizer that no controller removes can block
the deletion forever.

To see what blocks the deletion, run:

    kubectl get namespace NAMESPACE -o yaml

Fix: wait until the cluster has deleted the namespace, then recreate the namespace. If the deletion does not finish,
remove the finalizer or the resource that blocks the deletion.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the status of the namespace."
ASK = questions.KSA
MESSAGES = (
    Message(
        pattern=r"because it is being terminated",
        side="the cluster",
        hop="ksa-token",
        weight=3,
    ),
)
