"""The workload cannot reach a host of Google Cloud, but can reach other hosts.

A firewall, a security group, a network ACL or an egress policy allows some hosts, but not this host. If egress to
sts.googleapis.com:443 is blocked, either connections time out or a proxy returns the HTTP status code 504.

To confirm this cause, run this command in the workload:

    curl -sS -o /dev/null -w '%{http_code}' https://sts.googleapis.com

Fix: allow HTTPS (TCP port 443) from the workload to the host.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the egress of the workload's network: routes, NAT, proxy, firewall and DNS."
ASK = questions.INSIDE
MESSAGES = (
    Message(
        pattern=r"\b(?P<host>[\w-]{1,63}\.googleapis\.com).{0,400}?(context deadline exceeded|i/o timeout"
        r"|timed out|ETIMEDOUT|504 Gateway Timeout)",
        side="the network",
        hop="network",
        weight=2,
    ),
    Message(
        pattern=r"(Connection to |host=')\b(?P<host>[\w-]{1,63}\.googleapis\.com)\b.{0,300}?(timed out" r"|timeout)",
        side="the network",
        hop="network",
        weight=2,
    ),
    Message(
        pattern=r"504 Gateway Timeout / context deadline exceeded",
        side="the network",
        hop="network",
    ),
)
