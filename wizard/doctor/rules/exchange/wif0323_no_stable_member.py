"""The attribute mapping gives no value by which a grant can name the workload.

Every value that the mapping gives contains the session, which changes with each task, or is the same for other roles.
A grant would stop working with the next task, or would let others in.

To confirm this cause, run the live test: the step "Predicted principal" shows the mapped attributes.

Fix: use a separate provider in the pool for the role: write the name of a new provider in the setup, then run
wif-wizard apply.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the attribute mapping of the provider."
ASK = questions.CONFIGURATION
