"""The cluster does not accept your credentials.

The token in the kubeconfig has expired, the exec plugin is missing, or the cluster does not know your identity. On EKS,
an access entry can give your identity access.

To confirm this cause, run:

    kubectl auth whoami

Fix: on EKS, ask an administrator of the cluster to create an access entry. On GKE, run: gcloud container clusters
get-credentials CLUSTER --location=LOCATION --project=PROJECT
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the user of the current context of the kubeconfig."
ASK = questions.SETUP
ABOUT_OPERATOR = True
MESSAGES = (
    Message(
        pattern=r"You must be logged in to the server",
        side="the cluster",
        hop="ksa-token",
        weight=2,
    ),
    Message(
        pattern=r"executable gke-gcloud-auth-plugin not found",
        side="the operator's tools",
        hop="ksa-token",
        weight=3,
    ),
)
