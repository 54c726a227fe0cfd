"""The workload identity pool of a GKE cluster: Workload Identity Federation for GKE, switched on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds import clusters
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.federation.gke import ClusterName, workload_pool
from wizard.resources import blind, container_operations
from wizard.resources.kind import Kind, Needed, NeededAt


@dataclass(frozen=True, eq=False)
class ClusterPool(Kind):
    """A cluster that takes part in its project's pool. The first that does so makes the pool.

    `node_pools` are those that the same plan changes.
    """

    kind: ClassVar[str] = "cluster's workload pool"
    needed_at: ClassVar[tuple[NeededAt, ...]] = ("exchange",)
    deadline: ClassVar[float] = container_operations.DEADLINE
    cluster: ClusterName
    node_pools: tuple[str, ...] = ()
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return self.cluster.name

    @property
    def pool(self) -> str:
        """The only pool that a cluster of this project can be in."""
        return workload_pool(self.cluster.project)

    def desired(self) -> State:
        return {"workloadPool": self.pool}

    def read(self, clouds: Clouds) -> State | None:
        found = clusters.read(clouds.google, self.cluster)
        self._refuse_what_cannot_be(found)
        return {
            "workloadPool": clusters.workload_pool(found),
            "autopilot": clusters.is_autopilot(found),
            "without": [] if clusters.is_autopilot(found) else _pools_without(found),
        }

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002 (a cluster is not made here)
        raise Refused(f"{self.cluster} is not there: a cluster is not made here")

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (only the pool can differ)
        body = {"update": {"desiredWorkloadIdentityConfig": {"workloadPool": self.pool}}}
        return container_operations.put(clouds, self.cluster, "", body, lambda: self._holds(clouds))

    def unreadable(self, error: Refused) -> str | None:
        return blind.switched_off(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.enabling_settles(error)

    def moved(self, error: Refused) -> bool:
        return container_operations.ended(error)

    def impact(self, change: Change) -> str | None:
        if change.action != "update":
            return None
        zonal = self.cluster.location.count("-") == 2
        away = "; its Kubernetes API may be away for some minutes" if zonal else ""
        return f"updates the cluster{away}; node pools that are there stay as they are, new ones get GKE_METADATA"

    def note(self, change: Change) -> str | None:
        state = change.before or {}
        if state.get("autopilot"):
            return "an Autopilot cluster: Workload Identity Federation is always on, in all of its nodes"
        if others := [name for name in state.get("without", ()) if name not in self.node_pools]:
            return f"not for pods in {', '.join(others)}: there they stay what their nodes are"
        return None

    def commands(self, change: Change) -> list[str]:  # noqa: ARG002 (the same for every change)
        name = self.cluster
        place = f"--location={name.location} --project={name.project}"
        return [f"gcloud container clusters update {name.cluster} {place} --workload-pool={self.pool}"]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (the same for every change)
        return update_permissions(self.cluster)

    def _holds(self, clouds: Clouds) -> bool:
        return clusters.workload_pool(clusters.read(clouds.google, self.cluster)) == self.pool

    def _refuse_what_cannot_be(self, found: dict[str, Any]) -> None:
        """A pool of another project, and a cluster that goes away. Raises CloudError."""
        other = clusters.workload_pool(found)
        if other not in (None, self.pool):
            what = f"{self.cluster.cluster} is in the workload pool {other}, and {self.pool} is wanted"
            fleet = found.get("fleet", {}).get("project")
            whose = f"the cluster belongs to the fleet of {fleet}: " if fleet and fleet != self.cluster.project else ""
            hint = f"{whose}set its workloads up in the project of that pool"
            raise CloudError(container_operations.SERVICE, f"GET {self.name}", None, "OTHER_POOL", what, hint)
        if found.get("status") == "STOPPING":
            what = f"{self.cluster.cluster} is being deleted"
            raise CloudError(container_operations.SERVICE, f"GET {self.name}", None, "STOPPING", what)


def update_permissions(cluster: ClusterName) -> list[Needed]:
    """What changing a cluster or one of its node pools takes, and looking for what is under way."""
    verbs = ("clusters.update", "operations.get", "operations.list")
    return [Needed("google", f"container.{verb}", cluster.project) for verb in verbs]


def _pools_without(found: dict[str, Any]) -> list[str]:
    pools = found.get("nodePools", ())
    return [str(each["name"]) for each in pools if clusters.metadata_mode(each) != clusters.WITH_POOL]
