"""The titles of the hops in the picture of the credential chain, for a workload on GKE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.language import _
from wizard.modes.chain_titles import short, target_title

if TYPE_CHECKING:
    from wizard.modes.gke.model import GkeSetup, Workload


def of_workload(setup: GkeSetup, workload: Workload) -> dict[str, str]:
    """Return the title of each hop by its ID, in order. Direct access has no impersonation."""
    titles = {
        "cluster": short(setup.gke.cluster),
        "node-pools": _("Node pools"),
        "ksa-token": short(workload.service_account),
        "exchange": "Google STS",
    }
    email = setup.service_account_email(workload)
    if email:
        titles["impersonation"] = short(email.partition("@")[0])
    return titles | {"permission": target_title(workload.grants), "own-key": _("No key"), "pod": _("One-off pod")}
