"""The Kubernetes service account does not exist.

The cluster does not create pods with a Kubernetes service account that does not exist. The events of the ReplicaSet or
the Job show the error.

To see the Kubernetes service accounts, run:

    kubectl --namespace=NAMESPACE get serviceaccounts

Fix: create the Kubernetes service account with wif-wizard apply, or correct the name in the setup.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the Kubernetes service accounts of the namespace."
ASK = questions.KSA
MESSAGES = (
    Message(
        pattern=r"""serviceaccounts? ['\"](?P<account>[^'\"]+)['\"] not found""",
        side="the cluster",
        hop="ksa-token",
        weight=2,
    ),
    Message(
        pattern=r"error looking up service account (?P<account>[^\s:]+)",
        side="the cluster",
        hop="ksa-token",
        weight=3,
    ),
)
DRIFTS = (Drift(kind="Kubernetes service account", action="create"),)
