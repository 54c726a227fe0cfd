"""The pods do not use the Kubernetes service account that the setup names.

serviceAccountName in the pod template names a different Kubernetes service account, or is missing. Without
serviceAccountName, the pod uses the Kubernetes service account "default". The grants in the setup are not for the
Kubernetes service account of the pod.

To confirm this cause, run:

    kubectl --namespace=NAMESPACE get pods -o custom-columns=NAME:.metadata.name,ACCOUNT:.spec.serviceAccountName

Fix: set serviceAccountName in the pod template with wif-wizard apply, or correct the setup.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at serviceAccountName in the pod template."
ASK = questions.POD
DRIFTS = (Drift(kind="pods' service account"),)
