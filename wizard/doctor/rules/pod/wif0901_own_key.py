"""The pods of the workload have a service account key.

GOOGLE_APPLICATION_CREDENTIALS or a mounted Secret provides a key file to the program. Google's auth library uses the
key file first, so the workload does not use federation. The other steps of the live test do not show how this workload
gets access.

To confirm this cause, look for GOOGLE_APPLICATION_CREDENTIALS and for Secret volumes in the pod template.

Fix: remove the key from the pod template with wif-wizard apply. When no pod uses the key, delete the key from Google
Cloud, and from the Secret or ConfigMap.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look for GOOGLE_APPLICATION_CREDENTIALS and for Secrets in the pod template."
ASK = questions.KSA
DRIFTS = (Drift(kind="service account keys in pods"),)
