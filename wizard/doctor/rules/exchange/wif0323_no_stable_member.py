"""The attribute mapping has no attribute that identifies the workload.

Every mapped attribute either contains the session, which changes with each task, or has the same value for other roles.
A grant to such an attribute would not work for the next task, or would give access to other roles.

To confirm this cause, run the live test. The step "Predicted principal" shows the mapped attributes.

Fix: use a separate provider in the pool for the role. To create a provider, write the name of a new provider in the
setup, then run wif-wizard apply.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the attribute mapping of the provider."
ASK = questions.CONFIGURATION
