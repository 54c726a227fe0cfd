"""The annotation and the setup name different Google service accounts.

The pods act as the Google service account that the annotation names. The grants in the setup are for a different
Google service account.

To confirm this cause, run:

    kubectl --namespace=NAMESPACE get serviceaccount KSA -o yaml

Fix: correct the annotation with wif-wizard apply. If Helm, Argo CD or Terraform manages the Kubernetes service account,
change the annotation in that tool.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the Kubernetes service account: kubectl --namespace=NAMESPACE get serviceaccount KSA -o yaml"
ASK = questions.KSA
DRIFTS = (
    Drift(kind="Kubernetes service account", key="iam.gke.io/gcp-service-account", action="update", how="changed"),
)
