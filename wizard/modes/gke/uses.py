"""What is to use the setup's Kubernetes service accounts: which workloads, and where their pods may run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from wizard.modes.gke.manifests import Use

if TYPE_CHECKING:
    from wizard.modes.gke.chosen import Chosen
    from wizard.modes.gke.clusters import ClusterSeen
    from wizard.modes.gke.model import Gke, GkeSetup
    from wizard.modes.gke.running import Running


def uses(setup: GkeSetup, chosen: Iterable[Chosen], running: Running | None) -> list[Use]:
    """What was chosen, what uses the service accounts already, and what is likely meant to.

    `running` is what runs in the cluster, if that was read.
    """
    by_title = {each.title: each for each in chosen}
    found: list[Use] = []
    for workload in setup.workloads:
        namespace, account = workload.namespace, workload.service_account
        before = by_title.get(workload.title)
        now = dict.fromkeys(before.controllers, before.was) if before else {}
        if running:
            seen = (*running.users(namespace, account), *running.likely(namespace, account))
            now |= {each.controller: each.service_account for each in seen}
        found += [Use(namespace, controller, account, was) for controller, was in now.items()]
    return found


def has_mixed_nodes(clusters: Sequence[ClusterSeen], wanted: Gke) -> bool:
    """Whether pods may land on nodes that do not give them their identity, as far as the cluster was read."""
    for cluster in clusters:
        if (cluster.name, cluster.location) == (wanted.cluster, wanted.location) and not cluster.autopilot:
            others = [pool for pool in cluster.node_pools if pool.name not in wanted.node_pools]
            return any(not pool.switched for pool in others)
    return False
