"""What the picture of the chain calls each hop, for a workload on GKE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.modes.chain_titles import short, target_title

if TYPE_CHECKING:
    from wizard.modes.gke.model import GkeSetup, Workload


def of_workload(setup: GkeSetup, workload: Workload) -> dict[str, str]:
    """Id of a hop -> its title, in the order of the chain; no impersonation where access is direct."""
    found = {
        "cluster": short(setup.gke.cluster),
        "node-pools": "Node pools",
        "ksa-token": short(workload.service_account),
        "exchange": "Google STS",
    }
    if email := setup.service_account_email(workload):
        found["impersonation"] = short(email.partition("@")[0])
    return found | {"permission": target_title(workload.grants), "pod": "One-off pod"}
