"""A host does not answer the live test.

The connection failed before a cloud could answer. The error message names the host. The machine that runs the test has
no network route to the host, or a different route than the workload.

To confirm this cause, connect to the host from the machine that runs the test:

    curl -v https://HOST

Fix: check DNS, and the proxy and the firewall between this machine and the host.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the egress of the workload's network: routes, NAT, proxy, firewall and DNS."
ASK = questions.INSIDE
