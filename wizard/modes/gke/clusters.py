"""Read the clusters of a project, with their node pools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wizard.clouds import clusters as container
from wizard.clouds.session import Clouds
from wizard.detect.live import RETRY_FOR


@dataclass(frozen=True)
class NodePoolSeen:
    """A node pool: its name, its initial number of nodes, and its metadata mode (None if it was never set).

    GKE has no metadata server on nodes that run Windows.
    """

    name: str
    nodes: int
    mode: str | None
    windows: bool = False

    @property
    def switched(self) -> bool:
        """Whether its pods have the identity of their Kubernetes service account, not of the node."""
        return self.mode == container.WITH_POOL


@dataclass(frozen=True)
class ClusterSeen:
    """A cluster, as the Container API lists it."""

    name: str
    location: str
    autopilot: bool
    pool: str | None
    status: str
    node_pools: tuple[NodePoolSeen, ...]

    @property
    def kind(self) -> str:
        """Autopilot or Standard."""
        return "Autopilot" if self.autopilot else "Standard"


def clusters(clouds: Clouds, project: str) -> list[ClusterSeen]:
    """Return the clusters of a project, sorted by name and location. Raises CloudError."""
    path = f"/v1/projects/{project}/locations/-/clusters"
    answer = clouds.google.call("container", "GET", path, retry_for=RETRY_FOR)
    listed = [_cluster(cluster) for cluster in answer.get("clusters", ())]
    return sorted(listed, key=lambda cluster: (cluster.name, cluster.location))


def _cluster(cluster: dict[str, Any]) -> ClusterSeen:
    return ClusterSeen(
        name=cluster["name"],
        location=cluster.get("location", ""),
        autopilot=container.is_autopilot(cluster),
        pool=container.workload_pool(cluster),
        status=cluster.get("status", ""),
        node_pools=tuple(_node_pool(pool) for pool in cluster.get("nodePools", ())),
    )


def _node_pool(pool: dict[str, Any]) -> NodePoolSeen:
    nodes = int(pool.get("initialNodeCount", 0)) * max(len(pool.get("locations", ())), 1)
    return NodePoolSeen(pool["name"], nodes, container.metadata_mode(pool), container.is_windows(pool))
