"""The EKS Pod Identity Agent does not return credentials to the pod.

The agent on the node returns credentials only for Kubernetes service accounts with a Pod Identity association. The
trust policy of the IAM role in the association must also allow sts:AssumeRole and sts:TagSession for
pods.eks.amazonaws.com.

To confirm this cause, run:

    aws eks list-pod-identity-associations --cluster-name NAME --namespace NAMESPACE

Fix: create the Pod Identity association, and check that the add-on eks-pod-identity-agent runs on the node.
Alternatively, set runtime: eks in the setup. The pod then uses a token that the cluster issues, and does not need an
IAM role.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the Pod Identity associations of the Kubernetes service account, and at the agent on the node."
ASK = questions.INSIDE
