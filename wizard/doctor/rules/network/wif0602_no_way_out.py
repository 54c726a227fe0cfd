"""The workload's network has no route to Google Cloud.

No host of Google Cloud answers. A private subnet on AWS without a NAT gateway, a task on Fargate in a public subnet
without a public IP address, and a private cluster without Private Google Access or Cloud NAT have no way out.

To confirm this cause, run in the workload:

    wif-wizard test CONFIG.json --from inside

Fix: AWS: add a route to a NAT gateway, or set assignPublicIp to ENABLED in a public subnet. GKE: turn on Private
Google Access in the subnet of the nodes, or add Cloud NAT. Or set HTTPS_PROXY if the network has a proxy.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the egress of the workload's network: routes, NAT, proxy, firewall and DNS."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"(network is unreachable|ENETUNREACH).{0,200}?\.googleapis\.com|\.googleapis\.com"
        r".{0,300}?(network is unreachable|ENETUNREACH)",
        side="the network",
        hop="network",
        weight=3,
    ),
)
