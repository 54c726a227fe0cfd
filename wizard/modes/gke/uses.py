"""Which controllers must use the setup's Kubernetes service accounts, and where their pods can run."""

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
    """Return the controllers that were chosen, that already use the service accounts, and that probably should.

    `running` is what runs in the cluster; None if that was not read.
    """
    by_title = {workload.title: workload for workload in chosen}
    found: list[Use] = []
    for workload in setup.workloads:
        namespace, account = workload.namespace, workload.service_account
        choice = by_title.get(workload.title)
        current = dict.fromkeys(choice.controllers, choice.was) if choice else {}
        if running:
            users = (*running.users(namespace, account), *running.likely(namespace, account))
            current |= {runs.controller: runs.service_account for runs in users}
        found += [Use(namespace, controller, account, now) for controller, now in current.items()]
    return found


def has_mixed_nodes(clusters: Sequence[ClusterSeen], wanted: Gke) -> bool:
    """Return whether pods can run on nodes that do not give them an identity of their own. False if not known."""
    for cluster in clusters:
        if (cluster.name, cluster.location) == (wanted.cluster, wanted.location) and not cluster.autopilot:
            others = [pool for pool in cluster.node_pools if pool.name not in wanted.node_pools]
            return any(not pool.switched for pool in others)
    return False
