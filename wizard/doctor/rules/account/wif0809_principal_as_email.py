"""The program expects an email address, but the identity of the pod does not have an email address.

A pod without a Google service account has the identity PROJECT.svc.id.goog, which gcloud and programs that sign data
do not accept as an account.

To confirm this cause, run this command in the pod:

    curl -s -H Metadata-Flavor:Google \\
      http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/email

Fix: annotate the Kubernetes service account with iam.gke.io/return-principal-id-as-email="true", or use a Google
service account (access.via: service-account).
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the Kubernetes service account: kubectl --namespace=NAMESPACE get serviceaccount KSA -o yaml"
ASK = questions.KSA
MESSAGES = (
    Message(
        pattern=r"Invalid form of account ID (?P<account>\S+?\.svc\.id\.goog)",
        side="the operator's tools",
        hop="token",
        weight=3,
    ),
)
