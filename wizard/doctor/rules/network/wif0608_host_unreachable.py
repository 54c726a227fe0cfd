"""A host does not answer the test.

The connection failed before a cloud could answer. The message names the host. The test ran where it has a different
way out than the workload, or none.

To confirm this cause, connect to the host from the same machine:

    curl -v https://HOST

Fix: check the way from there to the host: proxy, firewall and DNS.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the egress of the workload's network: routes, NAT, proxy, firewall and DNS."
ASK = questions.INSIDE
