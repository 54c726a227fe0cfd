"""The namespace does not exist in the cluster.

Possible causes: the name of the namespace in the setup is wrong, the kubeconfig names a different cluster, or nobody
created the namespace.

To see the namespaces, run:

    kubectl get namespaces

Fix: correct the namespace in the setup, or create the namespace with wif-wizard apply.
"""

from wizard.doctor.rule import Drift, Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the namespaces of the cluster."
ASK = questions.SETUP
MESSAGES = (
    Message(
        pattern=r"""namespaces ['\"](?P<namespace>[^'\"]+)['\"] not found""",
        side="the cluster",
        hop="ksa-token",
        weight=2,
    ),
)
DRIFTS = (Drift(kind="namespace", action="create"),)
