"""The workload cannot resolve the name of one host of Google Cloud.

The workload can resolve other host names. A private DNS zone for googleapis.com in the workload's network has no
record for this host.

To confirm this cause, run this command in the workload:

    getent hosts HOST

Fix: add a record for each host, or a wildcard record, to the private DNS zone.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the egress of the workload's network: routes, NAT, proxy, firewall and DNS."
ASK = questions.INSIDE
