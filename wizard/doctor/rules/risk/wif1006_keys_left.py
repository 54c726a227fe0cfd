"""The service account still has keys.

Anyone who has a copy of a key can use the key from anywhere, until someone disables or deletes the key. A workload
that uses federation does not need the key.

To see the keys, run:

    gcloud iam service-accounts keys list --iam-account=EMAIL --managed-by=user

Fix: check when the key was last used. If the workload no longer uses the key, disable the key, wait a few days, then
delete the key. If the setup contains disable_keys: true, wif-wizard apply disables the keys, and wif-wizard revert
enables the keys again.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the keys of the service account, and at the last use of each key."
ASK = questions.ACCOUNT
SEVERITY = "risk"
DRIFTS = (Drift(kind="keys of the service account"),)
