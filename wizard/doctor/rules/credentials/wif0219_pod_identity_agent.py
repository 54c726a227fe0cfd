"""The EKS Pod Identity agent does not give the pod credentials.

The agent on the node answers only for service accounts that have a pod identity association, and only if the
association's role trusts pods.eks.amazonaws.com with sts:AssumeRole and sts:TagSession.

To confirm this cause, run:

    aws eks list-pod-identity-associations --cluster-name NAME --namespace NAMESPACE

Fix: create the pod identity association, and check that the add-on eks-pod-identity-agent runs on the node; or set
runtime: eks in the setup, which needs no role.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the pod identity associations of the service account, and at the agent on the node."
ASK = questions.INSIDE
