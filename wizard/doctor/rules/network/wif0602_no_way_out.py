"""The workload's network has no route to Google Cloud.

No host of Google Cloud answers. On AWS, a private subnet without a NAT gateway usually has no route to the internet. A
task on Fargate in a public subnet needs a public IP address. On GKE, a private cluster needs Private Google Access or
Cloud NAT.

To confirm this cause, run this command in the workload:

    wif-wizard test CONFIG.json --from inside

Fix: on AWS, add a route to a NAT gateway, or set assignPublicIp to ENABLED in a public subnet. On GKE, enable Private
Google Access in the subnet of the nodes, or add Cloud NAT. If the network has a proxy, set HTTPS_PROXY.
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
