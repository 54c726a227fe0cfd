"""The credential configuration is not on this machine.

The setup names a file that is not here. That is no fault where the workload has its own copy, for example in its image.

Fix: write the file with wif-wizard apply, or with --fix WIF0003, and deploy it with the workload.
"""

from wizard.doctor.rule import Drift

SEVERITY = "note"
LOOK_AT = "Look for the credential configuration in the image or in the deployment package of the workload."
ASK = "Which credential configuration does the program use? Run: wif-wizard doctor CONFIG.json"
DRIFTS = (Drift(kind="credential configuration", action="create"),)
