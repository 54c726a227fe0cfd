"""The annotation does not name a Google service account.

The value of iam.gke.io/gcp-service-account must be an email address. The value contains a space, a line break or a
prefix such as serviceAccount:, or is only the name of the service account.

To confirm this cause, run:

    kubectl --namespace=NAMESPACE get serviceaccount KSA -o yaml

Fix: correct the annotation with wif-wizard apply.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the Kubernetes service account: kubectl --namespace=NAMESPACE get serviceaccount KSA -o yaml"
ASK = questions.KSA
