"""A VPC Service Controls perimeter blocks the call.

The call comes from outside the perimeter: from AWS, or from a cluster whose project is not in the perimeter. Ingress
rules can name members of your own workload identity pools, but not identities of GKE's workload identity pools. For
pods on GKE, the rule must name a Google service account.

To find the rule that blocked the call, give the unique ID in the error message to an administrator of the perimeter.

Fix: ask for an ingress rule for the workload's member, or, on GKE, for the service account that the workload
impersonates.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Ask an administrator of the perimeter to look up the unique ID in the error message."
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
