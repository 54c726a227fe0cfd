"""A node pool whose pods get their Kubernetes service account's identity, not the node's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds import clusters
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.federation.gke import ClusterName
from wizard.resources import blind, container_operations, node_pool_impact
from wizard.resources.cluster_pool import update_permissions
from wizard.resources.kind import Kind, Needed


@dataclass(frozen=True, eq=False)
class NodePool(Kind):
    """A node pool with the GKE metadata server. Changing the mode makes every node of the pool anew.

    `workloads` are the Kubernetes service accounts (NAMESPACE/NAME) that the same plan gives access of their own.
    """

    kind: ClassVar[str] = "node pool's metadata mode"
    deadline: ClassVar[float] = container_operations.DEADLINE
    cluster: ClusterName
    pool: str
    workloads: tuple[str, ...] = ()
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.cluster.name}/nodePools/{self.pool}"

    def desired(self) -> State:
        return {"mode": clusters.WITH_POOL}

    def read(self, clouds: Clouds) -> State | None:
        """With what a change would do to what runs there; where there is nothing to change, that is not asked."""
        found = clusters.read(clouds.google, self.cluster)
        if clusters.is_autopilot(found):
            return {"mode": clusters.WITH_POOL, "autopilot": True}
        pool = self._in(found)
        mode = clusters.metadata_mode(pool)
        touched = {} if mode == clusters.WITH_POOL else node_pool_impact.touched(clouds, self.cluster, pool)
        return {"mode": mode, **touched}

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002 (a node pool is not made here)
        raise Refused(f"{self.name} is not there: a node pool is not made here")

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        body = {"name": self.pool, "workloadMetadataConfig": {"mode": clusters.WITH_POOL}}
        nodes = (change.before or {}).get("nodes") or 0
        deadline = max(container_operations.DEADLINE, nodes * node_pool_impact.SECONDS_PER_NODE)
        part = f"/nodePools/{self.pool}"
        return container_operations.put(clouds, self.cluster, part, body, lambda: self._holds(clouds), deadline)

    def unreadable(self, error: Refused) -> str | None:
        return blind.switched_off(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.enabling_settles(error)

    def moved(self, error: Refused) -> bool:
        return container_operations.ended(error)

    def impact(self, change: Change) -> str | None:
        if change.action != "update":
            return None
        return node_pool_impact.text(self.pool, change.before or {}, self.workloads)

    def note(self, change: Change) -> str | None:
        autopilot = (change.before or {}).get("autopilot")
        return "an Autopilot cluster: its node pools are not yours to change, and need no change" if autopilot else None

    def commands(self, change: Change) -> list[str]:  # noqa: ARG002 (the same for every change)
        name = self.cluster
        place = f"--cluster={name.cluster} --location={name.location} --project={name.project}"
        return [f"gcloud container node-pools update {self.pool} {place} --workload-metadata={clusters.WITH_POOL}"]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (the same for every change)
        return update_permissions(self.cluster)

    def _holds(self, clouds: Clouds) -> bool:
        pool = self._in(clusters.read(clouds.google, self.cluster))
        return clusters.metadata_mode(pool) == clusters.WITH_POOL

    def _in(self, found: dict[str, Any]) -> dict[str, Any]:
        """The pool as the cluster shows it. Raises CloudError, whose hint names the pools that there are."""
        if pool := clusters.node_pool(found, self.pool):
            return pool
        there = ", ".join(str(each["name"]) for each in found.get("nodePools", ())) or "none"
        what = f'{self.cluster.cluster} has no node pool "{self.pool}"'
        hint = f"node pools there: {there}; correct gke.node_pools"
        raise CloudError(container_operations.SERVICE, f"GET {self.name}", 404, "NOT_FOUND", what, hint)
