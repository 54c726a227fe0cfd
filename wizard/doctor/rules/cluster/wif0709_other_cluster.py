"""The kubeconfig and the setup name different clusters.

The issuer of the Kubernetes API server in the kubeconfig is not the issuer of the cluster in the setup.

To see the current context, run:

    kubectl config current-context

Fix: add the cluster to the kubeconfig with: gcloud container clusters get-credentials CLUSTER --location=LOCATION
--project=PROJECT
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the current context of the kubeconfig."
ASK = questions.SETUP
