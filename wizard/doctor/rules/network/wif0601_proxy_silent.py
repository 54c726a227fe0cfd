"""The proxy that the workload uses does not answer.

The environment variable HTTPS_PROXY names a proxy. The workload cannot connect to the proxy, because the address is
wrong, or because the workload's network blocks connections to the proxy.

To confirm this cause, print HTTPS_PROXY in the workload, and try to connect to the address in HTTPS_PROXY.

Fix: correct HTTPS_PROXY, or allow connections from the workload to the proxy.
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
