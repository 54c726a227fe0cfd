"""The credential configuration is not on this machine.

The setup names a file that does not exist on this machine. If the workload has a copy of the file, for example in its
image, the workload still works.

Fix: write the file with wif-wizard apply, or with --fix WIF0003, and deploy the file with the workload.
"""

from wizard.doctor.rule import Drift

SEVERITY = "note"
LOOK_AT = "Look for the credential configuration in the image or in the deployment package of the workload."
ASK = "Find the credential configuration that the program uses, and run: wif-wizard doctor CONFIG.json"
DRIFTS = (Drift(kind="credential configuration", action="create"),)
