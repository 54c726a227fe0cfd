"""The titles of setups, in English."""

from __future__ import annotations

from wizard.language import N_

ONE = N_("GKE cluster {cluster}, 1 workload -> Google Cloud {project}")
SEVERAL = N_("GKE cluster {cluster}, {count} workloads -> Google Cloud {project}")
ALL = (ONE, SEVERAL)
