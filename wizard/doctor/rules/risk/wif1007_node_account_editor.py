"""The nodes run as a service account with the role Editor.

Pods that do not use Workload Identity Federation, on nodes without the GKE metadata server, act as the service account
of the node. The default account of Compute Engine often has the role Editor on the whole project.

To confirm this cause, run:

    gcloud container node-pools describe POOL --cluster=CLUSTER --location=LOCATION \\
      --format='value(config.serviceAccount)'

Fix: give the node pool a service account of its own with roles/container.defaultNodeServiceAccount.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the service account of the node pool, and at the roles of this account."
ASK = questions.KSA
SEVERITY = "risk"
