"""The nodes run as a service account with the role Editor.

On nodes without the GKE metadata server, pods act as the service account of the node. The Compute Engine default
service account often has the role Editor on the whole project.

To confirm this cause, run:

    gcloud container node-pools describe POOL --cluster=CLUSTER --location=LOCATION \\
      --format='value(config.serviceAccount)'

Fix: create a separate service account with the role roles/container.defaultNodeServiceAccount for the node pool.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the service account of the node pool, and at the roles of this account."
ASK = questions.KSA
SEVERITY = "risk"
