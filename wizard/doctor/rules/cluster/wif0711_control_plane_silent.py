"""The control plane of the cluster does not answer.

The connection from this machine failed before the cluster could answer. Authorized networks, a firewall or a VPN can
be the cause. This problem does not affect the workload.

To confirm this cause, run:

    kubectl get --raw /version

Fix: check the network route from this machine to the control plane, and the authorized networks of the cluster.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the network path from this machine to the control plane."
ASK = questions.SETUP
ABOUT_OPERATOR = True
MESSAGES = (
    Message(
        pattern=r"Unable to connect to the server: (?P<words>[^\n]{1,120})",
        side="the operator's tools",
        hop="ksa-token",
        weight=2,
    ),
)
