"""The namespace is being deleted.

The cluster creates no objects in a namespace that is being deleted. A finalizer that nobody answers can keep it in
this state for ever.

To see what blocks it, run:

    kubectl get namespace NAMESPACE -o yaml

Fix: wait until it is gone and create it again, or remove what blocks the deletion.
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
