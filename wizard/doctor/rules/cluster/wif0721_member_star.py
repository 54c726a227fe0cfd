"""An IAM policy cannot use a wildcard to grant a role to all identities of a GKE cluster's pool.

For the member principalSet://.../PROJECT.svc.id.goog/*, Google Cloud reports that the pool does not exist. In the
workload identity pools of GKE, a member can be a Kubernetes service account, a namespace or a cluster.

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
