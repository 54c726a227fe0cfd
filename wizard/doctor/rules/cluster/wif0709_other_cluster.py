"""The kubeconfig points to a different cluster than the setup's.

The Kubernetes API that answered issues tokens of a different issuer than the cluster in the setup.

To see the context, run:

    kubectl config current-context

Fix: point the kubeconfig to the cluster: gcloud container clusters get-credentials CLUSTER --location=LOCATION
--project=PROJECT
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the current context of the kubeconfig."
ASK = questions.SETUP
