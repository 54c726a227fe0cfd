"""An existing resource or grant prevents the wizard from applying the setup.

A different kind of resource already uses the name, or the change would remove the access of other identities. The
evidence shows which of these reasons applies.

Fix: choose a different name in the setup, or ask the owner of the existing resource.
"""

LOOK_AT = "Look at the plan of the setup: wif-wizard plan SETUP.yaml"
ASK = "Which setup describes the workload? Run: wif-wizard doctor SETUP.yaml"
