"""The cluster does not accept the operator's credentials.

The token in the kubeconfig has expired, the exec plugin is missing, or the cluster does not know the operator's
identity. On EKS an identity needs an access entry.

To confirm this cause, run:

    kubectl auth whoami

Fix: GKE: gcloud container clusters get-credentials CLUSTER --location=LOCATION --project=PROJECT. EKS: ask an
administrator of the cluster for an access entry.
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
