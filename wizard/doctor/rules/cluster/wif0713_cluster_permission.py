"""You do not have a permission in the cluster.

Role-based access control (RBAC) in the cluster refused your request. The error message names the verb, the resource
and the namespace.

To confirm this cause, run:

    kubectl auth can-i VERB RESOURCE --namespace=NAMESPACE

Fix: ask for an RBAC role in the namespace that allows the request, or, on GKE, for roles/container.developer on the
project.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the verb and the resource that the message names."
ASK = questions.SETUP
ABOUT_OPERATOR = True
MESSAGES = (
    Message(
        pattern=r"""\bcannot (?P<verb>\w+) resource ['\"](?P<resource>[\w/.]+)['\"]""",
        side="the cluster",
        hop="ksa-token",
        weight=3,
    ),
)
