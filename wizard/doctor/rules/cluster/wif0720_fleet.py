"""The cluster is in a fleet whose workload identity pool is another one.

Clusters in a fleet can use the pool of the fleet's project, or, with team scopes, pools that the organization manages
itself. Their pods then have members of that pool, and grants for PROJECT.svc.id.goog of the cluster's own project have
no effect.

To confirm this cause, run:

    gcloud container fleet memberships list --project=PROJECT

Fix: grant the roles to the member of the fleet's pool.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the fleet membership of the cluster and at its workload pool."
ASK = questions.KSA
DRIFTS = (Drift(kind="cluster's workload pool", action="refused", reason="OTHER_POOL"),)
