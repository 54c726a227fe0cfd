"""The titles of setups, in English."""

from __future__ import annotations

from wizard.language import N_

ROLE = N_("AWS {account} role {role} -> Google Cloud {project}")
POD = N_("EKS cluster {cluster}, {account} -> Google Cloud {project}")
ALL = (ROLE, POD)
