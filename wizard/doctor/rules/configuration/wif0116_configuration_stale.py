"""The credential configuration differs from what the wizard would write now.

Someone changed the file or the setup since the file was written: another pool or provider, another service account, or
another form of the AWS metadata service. The program uses the old values until the new file is deployed.

To see the differences, run:

    wif-wizard plan SETUP.yaml

Fix: run wif-wizard apply, which keeps the keys that it does not know, then deploy the file with the workload.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Compare the deployed file with the file that wif-wizard apply writes."
ASK = questions.CONFIGURATION
DRIFTS = (Drift(kind="credential configuration", action="update"),)
