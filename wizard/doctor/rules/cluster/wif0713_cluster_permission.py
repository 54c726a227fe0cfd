"""You do not have a required permission in the cluster.

Role-based access control (RBAC) in the cluster denied your request. The error message names the verb, the resource and
the namespace.

To confirm this cause, run:

    kubectl auth can-i VERB RESOURCE --namespace=NAMESPACE

Fix: ask for an RBAC role that allows the request in the namespace, or, on GKE, for the role roles/container.developer
on the project.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the verb and the resource that the error message names."
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
