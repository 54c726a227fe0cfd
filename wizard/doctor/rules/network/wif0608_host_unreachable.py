"""A host does not answer the live test.

The connection failed before a cloud could answer. The error message names the host. The machine that runs the test has
a different network route than the workload, or no network route.

To confirm this cause, connect to the host from the same machine:

    curl -v https://HOST

Fix: check the proxy, the firewall and DNS between this machine and the host.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the egress of the workload's network: routes, NAT, proxy, firewall and DNS."
ASK = questions.INSIDE
