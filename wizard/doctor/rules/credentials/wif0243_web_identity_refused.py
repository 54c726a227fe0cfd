"""AWS does not let the pod assume the IAM role with the pod's web identity token (IRSA).

The pod on EKS requests the credentials of the role with sts:AssumeRoleWithWebIdentity. The trust policy of the role
does not allow this action for the Kubernetes service account of the pod, or the AWS account has no IAM OIDC provider
for the cluster.

To see the trust policy, run:

    aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument

Fix: create the IAM OIDC provider of the cluster, and name the namespace and the Kubernetes service account of the pod
in the trust policy. Alternatively, set runtime: eks in the setup. The pod then uses a token that the cluster issues,
and does not need an IAM role.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Compare the subject in the trust policy with the namespace and the Kubernetes service account of the pod."
ASK = questions.ROLE
MESSAGES = (
    Message(
        pattern=r"No OpenIDConnect provider found in your account for (?P<issuer>https?://[^\s\"']+)",
        side="AWS",
        hop="aws-credentials",
        weight=3,
    ),
    Message(
        pattern=r"Not authorized to perform:? sts:AssumeRoleWithWebIdentity",
        side="AWS",
        hop="aws-credentials",
        weight=3,
    ),
    Message(
        pattern=r"not authorized to perform: sts:AssumeRoleWithWebIdentity on resource: (?P<role>[^\s\"]+)",
        side="AWS",
        hop="aws-credentials",
        weight=4,
    ),
)
