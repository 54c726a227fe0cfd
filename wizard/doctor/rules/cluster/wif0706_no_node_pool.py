"""The cluster has no node pool.

A cluster without nodes cannot run pods.

To see the node pools, run:

    gcloud container node-pools list --cluster=CLUSTER --location=LOCATION

Fix: create a node pool with: gcloud container node-pools create NAME --cluster=CLUSTER --location=LOCATION
--workload-metadata=GKE_METADATA
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the cluster: gcloud container clusters describe CLUSTER --location=LOCATION"
ASK = questions.SETUP
