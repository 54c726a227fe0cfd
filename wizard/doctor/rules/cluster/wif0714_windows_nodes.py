"""The node pool runs Windows, which the GKE metadata server does not support.

Workload Identity Federation for GKE needs Linux nodes. GKE rejects the metadata mode GKE_METADATA for Windows node
images.

To confirm this cause, run:

    gcloud container node-pools describe POOL --cluster=CLUSTER --location=LOCATION \\
      --format='value(config.imageType)'

Fix: run the workload on a Linux node pool.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the image type of the node pool."
ASK = questions.SETUP
DRIFTS = (Drift(kind="node pool's metadata mode", action="refused", reason="WINDOWS_NODES"),)
