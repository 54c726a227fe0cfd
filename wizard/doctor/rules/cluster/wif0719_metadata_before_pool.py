"""The metadata mode cannot be set before the cluster has a workload pool.

GKE_METADATA needs Workload Identity Federation for GKE on the cluster. GKE refuses the change of a node pool before
that.

To confirm this cause, run:

    gcloud container clusters describe CLUSTER --location=LOCATION \\
      --format='value(workloadIdentityConfig.workloadPool)'

Fix: turn the feature on for the cluster first; wif-wizard apply keeps this order.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the cluster: gcloud container clusters describe CLUSTER --location=LOCATION"
ASK = questions.SETUP
UNSEEN = (
    "GKE refuses the change, in words that Google does not publish. The doctor names the cluster that has no pool "
    "(WIF0703)."
)
