"""What there is on GKE: a project's clusters with their node pools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wizard.clouds import clusters as container
from wizard.clouds.session import Clouds
from wizard.detect.live import RETRY_FOR


@dataclass(frozen=True)
class NodePoolSeen:
    """A node pool: how many nodes it has, and its metadata mode (None: never asked for)."""

    name: str
    nodes: int
    mode: str | None

    @property
    def switched(self) -> bool:
        """Whether its pods have the identity of their Kubernetes service account."""
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
    """The clusters of a project, by name and location. Raises CloudError."""
    path = f"/v1/projects/{project}/locations/-/clusters"
    found = clouds.google.call("container", "GET", path, retry_for=RETRY_FOR)
    return sorted((_cluster(each) for each in found.get("clusters", ())), key=lambda each: (each.name, each.location))


def _cluster(found: dict[str, Any]) -> ClusterSeen:
    return ClusterSeen(
        name=found["name"],
        location=found.get("location", ""),
        autopilot=container.is_autopilot(found),
        pool=container.workload_pool(found),
        status=found.get("status", ""),
        node_pools=tuple(_node_pool(each) for each in found.get("nodePools", ())),
    )


def _node_pool(found: dict[str, Any]) -> NodePoolSeen:
    nodes = int(found.get("initialNodeCount", 0)) * max(len(found.get("locations", ())), 1)
    return NodePoolSeen(found["name"], nodes, container.metadata_mode(found))
