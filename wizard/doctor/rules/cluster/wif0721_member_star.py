"""A policy cannot name all identities of the pool of a GKE cluster with a star.

principalSet://.../PROJECT.svc.id.goog/* is refused as a pool that does not exist. The pools of GKE have members for a
subject, a namespace and a cluster.

To see the member, look at the command or the Terraform resource.

Fix: name the Kubernetes service account (.../subject/ns/NAMESPACE/sa/KSA), the namespace (.../namespace/NAMESPACE) or
the cluster (.../kubernetes.cluster/URL).
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the policy member in the command or in the Terraform configuration."
ASK = questions.KSA
MESSAGES = (
    Message(
        pattern=r"Identity Pool does not exist \((?P<pool>projects/[^)]*\.svc\.id\.goog)\)",
        side="Google Cloud",
        hop="permission",
        weight=4,
    ),
)
