"""The pods of the workload carry a service account key.

GOOGLE_APPLICATION_CREDENTIALS or a mounted Secret gives the program a key file. The auth library reads it first, so
federation is not used, and a test of the chain says nothing about this workload.

To confirm this cause, look for the variable and for Secrets in the volumes of the pod template.

Fix: remove the key from the pod template with wif-wizard apply; when the pods run without it, delete the Secret and
the key.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look for GOOGLE_APPLICATION_CREDENTIALS and for Secrets in the pod template."
ASK = questions.KSA
DRIFTS = (Drift(kind="service account keys of pods"),)
