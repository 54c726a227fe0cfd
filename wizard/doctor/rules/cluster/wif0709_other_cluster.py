"""The kubeconfig names a different cluster than the setup.

The Kubernetes API server in the kubeconfig issues tokens of a different issuer than the cluster in the setup.

To see the context, run:

    kubectl config current-context

Fix: add the cluster to the kubeconfig: gcloud container clusters get-credentials CLUSTER --location=LOCATION
--project=PROJECT
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the current context of the kubeconfig."
ASK = questions.SETUP
