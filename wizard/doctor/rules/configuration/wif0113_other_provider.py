"""The audience names a provider that is not the workload's provider.

The audience is a full resource name, but names a different provider or pool than the setup. The
token service evaluates the attribute mapping and the attribute condition of the provider that the audience names. If
the pool differs, the grants for the workload's pool have no effect.

To confirm this cause, compare the field "audience" with the provider in the setup.

Fix: generate the credential configuration again with wif-wizard apply, and deploy the file.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Compare the audience with the full name of the provider for this workload."
ASK = questions.CONFIGURATION
DRIFTS = (Drift(kind="credential configuration", key="content.audience", action="update"),)
