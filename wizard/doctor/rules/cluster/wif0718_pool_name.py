"""The name of the cluster's workload pool is wrong.

The workload pool of a cluster is PROJECT.svc.id.goog, where PROJECT is the project ID of the cluster. GKE rejects
other values. In a universe other than googleapis.com, the name of the workload pool includes the universe domain.

To confirm this cause, run:

    gcloud container clusters describe CLUSTER --location=LOCATION \\
      --format='value(workloadIdentityConfig.workloadPool)'

Fix: copy the name of the workload pool from the cluster.
"""

from wizard.doctor.rule import Message
from wizard.doctor.rules import questions

LOOK_AT = "Look at the cluster: gcloud container clusters describe CLUSTER --location=LOCATION"
ASK = questions.KSA
MESSAGES = (
    Message(
        pattern=r"unable to fetch identitybindingtoken",
        side="Google Cloud",
        hop="token",
        weight=3,
    ),
    Message(
        pattern=r"could not get idbindtoken token",
        side="Google Cloud",
        hop="token",
        weight=3,
    ),
)
