"""The Kubernetes service account has no annotation for a Google service account.

Without the annotation iam.gke.io/gcp-service-account, the pod calls Google Cloud as a member of the cluster's workload
identity pool. This member does not have the required roles. The error message then names the pool PROJECT.svc.id.goog
instead of a Google service account.

To confirm this cause, run:

    kubectl --namespace=NAMESPACE get serviceaccount KSA -o yaml

Fix: annotate the Kubernetes service account with wif-wizard apply, or grant the roles to the Kubernetes service
account directly (access.via: direct).
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the Kubernetes service account: kubectl --namespace=NAMESPACE get serviceaccount KSA -o yaml"
ASK = questions.KSA
MESSAGES = (
    Message(
        pattern=r"Primary: /namespaces/(?P<pool>\S+\.svc\.id\.goog) with additional claims does not have "
        r"(?P<permission>[\w.]+) access",
        side="Google Cloud",
        hop="permission",
        weight=4,
    ),
)
DRIFTS = (Drift(kind="Kubernetes service account", key="iam.gke.io/gcp-service-account", action="update", how="added"),)
