"""An existing resource or grant prevents the wizard from applying the setup.

A different kind of resource already uses the name, or the change would remove the access of other identities. The
evidence shows which of these causes applies.

Fix: choose a different name in the setup, or contact the owner of the existing resource.
"""

from wizard.doctor.rule import Drift

LOOK_AT = "Look at the plan of the setup: wif-wizard plan SETUP.yaml"
ASK = "Find the setup of the workload, and run: wif-wizard doctor SETUP.yaml"
DRIFTS = (Drift(kind="cluster's workload pool", action="refused", reason="OTHER_POOL"),)
