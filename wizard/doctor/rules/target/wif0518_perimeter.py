"""A VPC Service Controls perimeter blocks the call.

The call comes from outside the perimeter: from AWS, or from a cluster in another project. Ingress rules can name
members of your own pools. They cannot name identities of the pools of GKE, which need a service account.

To see the rule that refused, give the unique ID in the message to an administrator of the perimeter.

Fix: ask for an ingress rule for the workload's member, or, on GKE, for the service account that it impersonates.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Ask an administrator of the perimeter to look up the unique ID in the message."
ASK = questions.WORKLOAD
MESSAGES = (
    Message(
        pattern=r"vpcServiceControlsUniqueIdentifier\W+(?P<identifier>[\w-]+)?",
        side="Google Cloud",
        hop="permission",
        weight=6,
    ),
    Message(
        pattern=r"Request is prohibited by organization's policy",
        side="Google Cloud",
        hop="permission",
        weight=5,
    ),
)
