"""The service account still has keys.

A key works from everywhere, for everyone who has a copy, until someone disables or deletes it. The workload does not
need it any more when federation works.

To see the keys, run:

    gcloud iam service-accounts keys list --iam-account=EMAIL --managed-by=user

Fix: disable the key when its last use is known and the workload does not use it, wait some days, then delete it.
wif-wizard apply disables keys if the setup asks for it; wif-wizard revert enables them again.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the keys of the service account, and at the last use of each key."
ASK = questions.ACCOUNT
SEVERITY = "risk"
DRIFTS = (Drift(kind="keys of the service account"),)
