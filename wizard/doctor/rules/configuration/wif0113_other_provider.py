"""The audience names a different provider than the one for this workload.

The audience is a full resource name, but of a provider or a pool that is not the workload's. The token service then
evaluates that provider's mapping and condition, and the grants for the workload's own pool have no effect.

To confirm this cause, compare the field "audience" with the provider in the setup.

Fix: generate the credential configuration again with wif-wizard apply, and deploy it.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Compare the audience with the full name of the provider for this workload."
ASK = questions.CONFIGURATION
DRIFTS = (Drift(kind="credential configuration", key="content.audience", action="update"),)
