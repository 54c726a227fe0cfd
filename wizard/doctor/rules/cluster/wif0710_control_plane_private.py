"""The control plane of the cluster has only a private endpoint.

The machine that runs the wizard is not in the network of the cluster, so it gets no answer. The workload itself is not
affected.

To confirm this cause, run:

    gcloud container clusters describe CLUSTER --location=LOCATION --format='value(privateClusterConfig)'

Fix: run the wizard in the cluster's network, or through a proxy or a bastion host there.
"""

from wizard.doctor.rules import questions

LOOK_AT = "Look at the endpoint of the control plane, and at the network path to the endpoint."
ASK = questions.SETUP
