"""The cluster is not running.

The cluster is being created, changed, repaired or deleted, or is in an error state. Until it runs, no pod can start in
it.

To see the state, run:

    gcloud container clusters describe CLUSTER --location=LOCATION --format='value(status,statusMessage)'

Fix: wait until the state is RUNNING, or repair the cluster, and test again.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the cluster: gcloud container clusters describe CLUSTER --location=LOCATION"
ASK = questions.KSA
DRIFTS = (Drift(kind="cluster's workload pool", action="refused", reason="STOPPING"),)
