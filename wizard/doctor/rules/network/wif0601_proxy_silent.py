"""The proxy that the workload uses does not answer.

HTTPS_PROXY in the environment names a proxy. The workload cannot connect to it: the address is wrong, or its network
does not allow the way there.

To confirm this cause, print HTTPS_PROXY in the workload, and connect to that address.

Fix: correct HTTPS_PROXY, or allow the workload to reach the proxy.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the egress of the workload's network: routes, NAT, proxy, firewall and DNS."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"Unable to connect to proxy",
        side="the network",
        hop="network",
        weight=2,
    ),
    Message(
        pattern=r"proxyconnect tcp: dial tcp (?P<proxy>\S+):",
        side="the network",
        hop="network",
        weight=3,
    ),
)
