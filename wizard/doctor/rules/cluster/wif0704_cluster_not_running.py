"""The cluster is not running.

GKE is creating, changing, repairing or deleting the cluster, or the cluster is in an error state. Pods can fail to
start until the state is RUNNING.

To see the state, run:

    gcloud container clusters describe CLUSTER --location=LOCATION --format='value(status,statusMessage)'

Fix: wait until the state is RUNNING, or repair the cluster. Then test again.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the cluster: gcloud container clusters describe CLUSTER --location=LOCATION"
ASK = questions.KSA
DRIFTS = (Drift(kind="cluster's workload pool", action="refused", reason="STOPPING"),)
