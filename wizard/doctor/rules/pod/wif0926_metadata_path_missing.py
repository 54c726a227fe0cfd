"""The metadata server has no token for the account of the pod.

The client library for Go turns the status 404 of the metadata server into "not defined". In a cluster with Workload
Identity Federation, look first at the annotation and at the account that it names.

To see the accounts, run in the pod:

    curl -s -H Metadata-Flavor:Google http://169.254.169.254/computeMetadata/v1/instance/service-accounts/

Fix: correct the annotation of the Kubernetes service account, or create the account that it names, with wif-wizard
apply.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Check whether the Kubernetes service account exists, and which annotation it has."
ASK = questions.POD
MESSAGES = (
    Message(
        pattern=r"""GCE metadata ['\"]?instance/service-accounts/(?P<account>[^/\s]+)/\S* not defined""",
        side="the program's auth library",
        hop="token",
        weight=3,
    ),
)
