"""The credential configuration differs from the setup.

Someone changed the file or the setup after wif-wizard wrote the file. The pool, the provider, the service account or
the version of the EC2 instance metadata service differs. The program uses the old values until you deploy the new
file.

To see the differences, run:

    wif-wizard plan SETUP.yaml

Fix: run wif-wizard apply, which keeps additional fields in the file, then deploy the file with the workload.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Compare the deployed file with the file that wif-wizard apply writes."
ASK = questions.CONFIGURATION
DRIFTS = (Drift(kind="credential configuration", action="update"),)
