"""GKE does not set the metadata mode, because the cluster has no workload pool.

The mode GKE_METADATA needs Workload Identity Federation for GKE on the cluster. Until you enable Workload Identity
Federation for GKE on the cluster, GKE rejects a change to the metadata mode of a node pool.

To confirm this cause, run:

    gcloud container clusters describe CLUSTER --location=LOCATION \\
      --format='value(workloadIdentityConfig.workloadPool)'

Fix: first enable Workload Identity Federation for GKE on the cluster, then change the node pool. wif-wizard apply
makes the changes in this order.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the cluster: gcloud container clusters describe CLUSTER --location=LOCATION"
ASK = questions.SETUP
UNSEEN = (
    "Google Cloud does not document this error message. The doctor reports a cluster without a workload pool as "
    "WIF0703."
)
