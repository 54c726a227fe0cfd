"""The token of the pod is not from the cluster that the setup names.

The claim "iss" of the token is the issuer of a different cluster. The pod runs in the other cluster, the kubeconfig
names the other cluster, or the setup names the wrong cluster.

To see the cluster's issuer, run:

    aws eks describe-cluster --name CLUSTER --query cluster.identity.oidc.issuer

Fix: run the pod in the cluster that the setup names, or correct aws.cluster in the setup.
"""

from wizard.doctor.rules import questions

LOOK_AT = 'Compare the claim "iss" of the token with the issuer of the cluster.'
ASK = questions.POD
