"""The metadata server returns no token for the service account of the pod.

If the metadata server returns the HTTP status code 404, the client library for Go prints "not defined". In a cluster
with Workload Identity Federation for GKE, first check the annotation and the Google service account that the annotation
names.

To see the service accounts, run this command in the pod:

    curl -s -H Metadata-Flavor:Google http://169.254.169.254/computeMetadata/v1/instance/service-accounts/

Fix: use wif-wizard apply to correct the Kubernetes service account's annotation, or to create the Google service
account that the annotation names.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Check whether the Kubernetes service account exists, and look at its annotations."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"""GCE metadata ['\"]?instance/service-accounts/(?P<account>[^/\s]+)/\S* not defined""",
        side="the program's auth library",
        hop="token",
        weight=3,
    ),
    Message(
        pattern=r"A Not Found error was returned while attempting to retrieve an access ?token for the Compute "
        r"Engine built-in service account",
        side="the program's auth library",
        hop="token",
        weight=2,
    ),
)
