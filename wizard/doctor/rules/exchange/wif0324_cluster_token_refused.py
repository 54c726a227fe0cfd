"""The token service does not accept the cluster's token for the workload identity pool.

The workload identity pool of a GKE cluster accepts only tokens of clusters that are in the pool. The token exchange
names the pool of a different cluster or project, or the cluster joined the pool a few minutes ago.

To see the cluster's pool, run:

    gcloud container clusters describe CLUSTER --location=LOCATION --format='value(workloadIdentityConfig)'

Fix: use the workload identity pool of this cluster. If the cluster is new in the pool, wait a few minutes.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Compare the pool in the request with the pool of the cluster."
ASK = questions.KSA
