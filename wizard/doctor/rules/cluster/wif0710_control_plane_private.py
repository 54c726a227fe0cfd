"""The control plane of the cluster has only a private endpoint.

The machine that runs the wizard is not in the network of the cluster, so the control plane does not answer. This
problem does not affect the workload.

To confirm this cause, run:

    gcloud container clusters describe CLUSTER --location=LOCATION --format='value(privateClusterConfig)'

Fix: run the wizard in the cluster's network, or through a proxy or a bastion host in this network.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the endpoint of the control plane, and at the network path to the endpoint."
ASK = questions.SETUP
