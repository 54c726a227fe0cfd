"""A resource differs from the setup.

The state of the resource in the cloud differs from the setup, or the resource does not exist. The plan shows each
value that differs.

Fix: review the plan, then apply the plan.
"""

LOOK_AT = "Look at the plan of the setup: wif-wizard plan SETUP.yaml"
ASK = "Find the setup of the workload, and run: wif-wizard doctor SETUP.yaml"
