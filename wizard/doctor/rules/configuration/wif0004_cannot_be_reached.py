"""The clouds have something else where the setup wants a resource, and no plan leads from one to the other.

The name is taken by another kind of resource, or a change would take access away from others. The evidence says which.

Fix: choose another name in the setup, or ask the owner of what is there.
"""

LOOK_AT = "Look at the plan of the setup: wif-wizard plan SETUP.yaml"
ASK = "Which setup describes the workload? Run: wif-wizard doctor SETUP.yaml"
