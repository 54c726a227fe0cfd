"""A resource is not as the setup wants it.

The setup describes the resource, and the clouds show another state, or none. The plan shows each value that differs.

Fix: review the plan, then apply it.
"""

LOOK_AT = "Look at the plan of the setup: wif-wizard plan SETUP.yaml"
ASK = "Which setup describes the workload? Run: wif-wizard doctor SETUP.yaml"
