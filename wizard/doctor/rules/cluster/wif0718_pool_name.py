"""The name of the cluster's workload pool is wrong.

The pool of a cluster is PROJECT.svc.id.goog with the project ID of the cluster; other values are refused. In a
universe other than googleapis.com, the name of the pool includes the universe domain.

To confirm this cause, run:

    gcloud container clusters describe CLUSTER --location=LOCATION \\
      --format='value(workloadIdentityConfig.workloadPool)'

Fix: take the name of the pool from the cluster, and do not compose it.
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
