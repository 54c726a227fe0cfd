"""The fleet of the cluster does not use the workload identity pool of the cluster's project.

Clusters in a fleet can use the workload identity pool of the fleet's project or, with team scopes, pools that the
organization manages. The pods are then members of the fleet's pool, and grants for PROJECT.svc.id.goog of the
cluster's project have no effect.

To confirm this cause, run:

    gcloud container fleet memberships list --project=PROJECT

Fix: grant the roles to the workload's identity in the fleet's pool.
"""

from wizard.doctor.rule import Drift
from wizard.doctor.rules import questions

LOOK_AT = "Look at the fleet membership and the workload identity pool of the cluster."
ASK = questions.KSA
DRIFTS = (Drift(kind="cluster's workload pool", action="refused", reason="FLEET_POOL"),)
