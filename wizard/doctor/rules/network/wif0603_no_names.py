"""Name resolution (DNS) does not work in the workload's network.

The workload cannot resolve the name of any host of Google Cloud. DNS is disabled in the VPC, the DNS pods of the
cluster are not running, or a NetworkPolicy blocks port 53.

To confirm this cause, run this command in the workload:

    getent hosts sts.googleapis.com

Fix: in a VPC on AWS, set enableDnsSupport to true. In a cluster, check the DNS pods, and allow UDP and TCP port 53 in
the NetworkPolicies.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the egress of the workload's network: routes, NAT, proxy, firewall and DNS."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"""(getaddrinfo (ENOTFOUND|EAI_AGAIN)|lookup|Failed to resolve ['\"]"""
        r"|UnknownHostException:) ?\b(?P<host>[\w-]{1,63}\.googleapis\.com)",
        side="the network",
        hop="network",
        weight=2,
    ),
)
