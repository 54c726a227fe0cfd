"""The proxy refuses the connection to a host of Google Cloud.

The proxy answered, but does not allow this host, or requires a user name and a password.

To confirm this cause, read the HTTP status code in the error message. The status code 407 means that the proxy
requires a password, and the status code 403 means that the proxy does not allow the host.

Fix: allow the host in the proxy, and check the user name and the password in HTTPS_PROXY.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the egress of the workload's network: routes, NAT, proxy, firewall and DNS."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"Tunnel connection failed: (?P<status>\d{3})",
        side="the network",
        hop="network",
        weight=3,
    ),
    Message(
        pattern=r"Proxy Authentication Required",
        side="the network",
        hop="network",
        weight=2,
    ),
)
