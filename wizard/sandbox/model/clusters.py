"""GKE clusters, their node pools, and the operations on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import uuid4

from wizard.federation.identifiers import PoolName
from wizard.sandbox.json_value import JSON

from .pools import Pool
from .projects import Project

VERSION = "1.33.2-gke.1240000"
"""The version of clusters and nodes that nobody chose one for, as recorded."""

ZONES = "abc"
"""The letters of the zones of a region."""

COMPUTE_DOMAIN = "developer.gserviceaccount.com"
"""What the address of the Compute Engine default service account ends in."""

MetadataMode = Literal["GCE_METADATA", "GKE_METADATA"]


class TokenKeys(Protocol):
    """The key that a cluster signs its service account tokens with, as far as checking them needs it."""

    def claims(self, token: str, /) -> dict[str, Any]:
        """The claims of a JWT, once its RS256 signature is found to be this cluster's; ValueError otherwise."""
        ...


@dataclass
class NodePool:
    """One node pool. `mode` is None until somebody sets it, as on pools of clusters without Workload Identity."""

    name: str
    mode: MetadataMode | None = None
    nodes: int = 1
    machine_type: str = "e2-medium"
    service_account: str = "default"
    """An email address, or `default` for the Compute Engine default service account."""
    status: str = "RUNNING"
    image_type: str = "COS_CONTAINERD"
    labels: dict[str, str] = field(default_factory=dict)
    """Labels of the pool's nodes, beside those that GKE gives them."""
    taints: list[dict[str, str]] = field(default_factory=list)
    """Taints of the pool's nodes as in Kubernetes: key, value and effect."""
    upgrade_settings: dict[str, Any] = field(default_factory=lambda: {"maxSurge": 1, "strategy": "SURGE"})
    zones: tuple[str, ...] = ()
    """The zones of its nodes; empty where nobody chose them."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What callers chose of its other fields, as the Container API writes them."""
    node_settings: dict[str, Any] = field(default_factory=dict)
    """What callers chose of its nodes' other fields, as the Container API writes them."""
    etag: str = field(default_factory=lambda: str(uuid4()))

    @property
    def windows(self) -> bool:
        """Whether its nodes run Windows."""
        return self.image_type.upper().startswith("WINDOWS")


@dataclass
class Cluster:
    """One cluster. `endpoint` (HOST:PORT, TLS) and `ca` (PEM, base64) belong to its Kubernetes API, once served."""

    project: Project
    name: str
    location: str
    created: datetime
    autopilot: bool = False
    workload_pool: str | None = None
    dataplane_v2: bool = False
    network_policy: bool = True
    """Whether the Container API says that the cluster enforces NetworkPolicies. The sandbox always enforces them."""
    node_pools: dict[str, NodePool] = field(default_factory=dict)
    status: str = "RUNNING"
    operations: dict[str, ClusterOperation] = field(default_factory=dict)
    endpoint: str = ""
    private_endpoint: str = ""
    """HOST:PORT inside the cluster's network, of a cluster that has no public endpoint; nothing is served there."""
    ca: str = ""
    keys: TokenKeys | None = None
    kubernetes: Any = None
    """The state of its Kubernetes API."""
    contents: Mapping[str, Any] = field(default_factory=dict)
    """What the scenario puts into its Kubernetes API, as written there under `kubernetes`."""
    resource_labels: dict[str, str] = field(default_factory=dict)
    """The labels of the cluster as a resource of Google Cloud, on which tools leave their marks."""
    version: str = VERSION
    network: str = "default"
    subnetwork: str = "default"
    settings: dict[str, Any] = field(default_factory=dict)
    """What callers chose of its other fields, as the Container API writes them."""
    zones: tuple[str, ...] = ()
    """The zones of its nodes; empty where nobody chose them."""
    close: Callable[[], None] | None = None
    """Stops its Kubernetes API, once that is served."""
    own_issuer: str = ""
    """The issuer of its service account tokens, of a cluster that is not GKE's."""
    admins: tuple[str, ...] = ()
    """The callers of AWS who are administrators of a cluster of EKS, by ARN."""
    access_entries: dict[str, list[str]] = field(default_factory=dict)
    """The groups in a cluster of EKS of other callers of AWS, by the ARN of their user or role."""
    pod_identities: list[dict[str, str]] = field(default_factory=list)
    """The service accounts to which EKS Pod Identity gives a role: `namespace` and `serviceAccount`."""
    node_instance: str = ""
    """The EC2 instance that the nodes of a cluster of EKS are, by ID; without it they have no metadata service."""
    id: str = field(default_factory=lambda: uuid4().hex + uuid4().hex)
    etag: str = field(default_factory=lambda: str(uuid4()))

    @property
    def zonal(self) -> bool:
        """Whether its location is a zone, such as asia-northeast1-a, and not a region."""
        return self.location.count("-") == 2

    @property
    def region(self) -> str:
        """Its region, such as asia-northeast1."""
        return self.location.rpartition("-")[0] if self.zonal else self.location

    @property
    def node_zones(self) -> list[str]:
        """The zones that a new pool has nodes in."""
        if self.zones:
            return list(self.zones)
        return [self.location] if self.zonal else [f"{self.location}-{letter}" for letter in ZONES]

    @property
    def path(self) -> str:
        """Its resource name, projects/ID/locations/LOCATION/clusters/NAME, zones included."""
        return f"projects/{self.project.id}/locations/{self.location}/clusters/{self.name}"

    @property
    def pool_name(self) -> PoolName:
        """The workload identity pool of the project's clusters, whether this one is in it or not."""
        return PoolName(self.project.number, workload_pool_of(self.project))

    def node_account(self, pool: NodePool) -> str:
        """The email address of the service account of a pool's nodes."""
        if pool.service_account != "default":
            return pool.service_account
        return f"{self.project.number}-compute@{COMPUTE_DOMAIN}"

    def pool_zones(self, pool: NodePool) -> list[str]:
        """The zones of a pool: those that were chosen, or as many of a region's that its nodes are spread evenly."""
        if pool.zones:
            return list(pool.zones)
        zones = self.node_zones
        fitting = [count for count in range(len(zones), 0, -1) if pool.nodes % count == 0]
        return zones[: fitting[0]]

    def add_node_account(self, pool: NodePool) -> None:
        """Create the account of nodes for which nobody chose one, unless it exists; Compute Engine names it."""
        if pool.service_account == "default" and self.node_account(pool) not in self.project.service_accounts:
            title = "Compute Engine default service account"
            self.project.add_account(f"{self.project.number}-compute", title, domain=COMPUTE_DOMAIN)


@dataclass
class ClusterOperation:
    """One operation on a cluster, or on one of its node pools; `seconds` is how long it takes."""

    name: str
    type: str
    cluster: Cluster
    pool: NodePool | None
    started: datetime
    seconds: float
    ended: datetime | None = None
    error: JSON = None
    """A google.rpc.Status of an operation that failed."""

    def progress(self, now: datetime) -> float:
        """How far the operation is, from 0 to 1."""
        if self.ended is not None:
            return 1.0
        return min((now - self.started).total_seconds() / self.seconds, 0.99) if self.seconds > 0 else 0.0


def workload_pool_of(project: Project) -> str:
    """The id of the only workload identity pool that clusters of a project can have."""
    return f"{project.id}.svc.id.goog"


def make_workload_pool(project: Project) -> None:
    """Create the pool of the project's clusters, as when the first of them joins it, unless it exists."""
    pool_id = workload_pool_of(project)
    if pool_id not in project.pools:
        project.pools[pool_id] = Pool(fields={"mode": "SYSTEM_TRUST_DOMAIN"}, name=PoolName(project.number, pool_id))


def issuer(cluster: Cluster) -> str:
    """The issuer of the cluster's service account tokens, and how IAM and STS name the cluster."""
    return cluster.own_issuer or f"https://container.googleapis.com/v1/{cluster.path}"


class Clusters:
    """The clusters of a world."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], Cluster] = {}
        self._deleted: list[Cluster] = []

    def __iter__(self) -> Iterator[Cluster]:
        return iter(self._known.values())

    def add(self, cluster: Cluster) -> None:
        """Put a cluster into the world."""
        self._known[cluster.project.id, cluster.location, cluster.name] = cluster

    def remove(self, cluster: Cluster) -> None:
        """Take a cluster out of the world; its operations can still be read."""
        del self._known[cluster.project.id, cluster.location, cluster.name]
        self._deleted.append(cluster)

    def operations(self, project_id: str, location: str = "-") -> list[ClusterOperation]:
        """The operations on the project's clusters, deleted ones included, in the order of their start."""
        clusters = [*self, *self._deleted]
        there = [each for each in clusters if each.project.id == project_id and location in ("-", each.location)]
        found = [operation for cluster in there for operation in cluster.operations.values()]
        return sorted(found, key=lambda each: each.started)

    def find(self, project_id: str, location: str, name: str) -> Cluster | None:
        """The cluster, if there is one."""
        return self._known.get((project_id, location, name))

    def of(self, project_id: str, location: str = "-") -> list[Cluster]:
        """The project's clusters, by name; `-` stands for every location."""
        found = [each for each in self if each.project.id == project_id and location in ("-", each.location)]
        return sorted(found, key=lambda each: (each.name, each.location))
