"""The token service does not accept the cluster's token for the workload identity pool.

The pool of a GKE cluster accepts only tokens of clusters that are in it. The pool that the exchange names is another
cluster's or another project's, or the cluster joined it minutes ago.

To see the cluster's pool, run:

    gcloud container clusters describe CLUSTER --location=LOCATION --format='value(workloadIdentityConfig)'

Fix: use the pool of this cluster; wait some minutes if the pool is new.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Compare the pool in the request with the pool of the cluster."
ASK = questions.KSA
