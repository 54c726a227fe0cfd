"""The pods act as a Google service account because of an outdated annotation.

The setup grants the roles to the Kubernetes service account directly. The annotation iam.gke.io/gcp-service-account
still names a Google service account. For this reason, the metadata server requests tokens for the Google service
account, and Google Cloud can deny the request.

To confirm this cause, run:

    kubectl --namespace=NAMESPACE get serviceaccount KSA -o yaml

Fix: remove the annotation with wif-wizard apply, or with: kubectl --namespace=NAMESPACE annotate serviceaccount KSA
iam.gke.io/gcp-service-account-
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the Kubernetes service account: kubectl --namespace=NAMESPACE get serviceaccount KSA -o yaml"
ASK = questions.KSA
DRIFTS = (
    Drift(kind="Kubernetes service account", key="iam.gke.io/gcp-service-account", action="update", how="removed"),
)
