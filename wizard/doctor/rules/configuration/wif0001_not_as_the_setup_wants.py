"""A resource differs from the setup.

The cloud shows a different state of the resource than the setup, or does not have the resource. The plan shows each
value that differs.

Fix: review the plan, then apply the plan.
"""

LOOK_AT = "Look at the plan of the setup: wif-wizard plan SETUP.yaml"
ASK = "Which setup describes the workload? Run: wif-wizard doctor SETUP.yaml"
