"""What there is on GKE: a project's clusters with their node pools, and what runs in one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wizard.clouds import clusters as container
from wizard.clouds.kubernetes import ALL
from wizard.clouds.session import Clouds
from wizard.detect.live import PATIENCE
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.setup.chosen import DEFAULT

_SYSTEM = ("kube-", "gke-", "gmp-")
"""How the namespaces begin that Kubernetes and GKE make for themselves."""


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


@dataclass(frozen=True)
class Runs:
    """A deployment, with the Kubernetes service account that its pods use."""

    namespace: str
    name: str
    service_account: str
    replicas: int
    host_network: bool


@dataclass(frozen=True)
class AccountSeen:
    """A Kubernetes service account, and whom its annotation names."""

    namespace: str
    name: str
    acts_as: str = ""


@dataclass(frozen=True)
class Running:
    """What runs in a cluster, of the teams' own: namespaces, service accounts and deployments, in order of name."""

    namespaces: tuple[str, ...]
    accounts: tuple[AccountSeen, ...]
    deployments: tuple[Runs, ...]

    def users(self, namespace: str, service_account: str) -> tuple[Runs, ...]:
        """The deployments that use a service account now."""
        key = (namespace, service_account)
        return tuple(each for each in self.deployments if (each.namespace, each.service_account) == key)

    def likely(self, namespace: str, service_account: str) -> tuple[Runs, ...]:
        """Deployments that are likely meant to use it: of its name, and using the namespace's default now."""
        return tuple(each for each in self.users(namespace, DEFAULT) if each.name == service_account)


def clusters(clouds: Clouds, project: str) -> list[ClusterSeen]:
    """The clusters of a project, by name and location. Raises CloudError."""
    path = f"/v1/projects/{project}/locations/-/clusters"
    found = clouds.google.call("container", "GET", path, patience=PATIENCE)
    return sorted((_cluster(each) for each in found.get("clusters", ())), key=lambda each: (each.name, each.location))


def running(clouds: Clouds, cluster: ClusterName) -> Running:
    """What runs in a cluster. Raises CloudError."""
    from lightkube.resources.apps_v1 import Deployment
    from lightkube.resources.core_v1 import Namespace, ServiceAccount

    kubernetes = clouds.kubernetes(cluster)
    spaces = sorted(_metadata(each)["name"] for each in kubernetes.list_objects(Namespace))
    accounts = (_account(each) for each in kubernetes.list_objects(ServiceAccount, ALL))
    deployments = (_deployment(each.to_dict()) for each in kubernetes.list_objects(Deployment, ALL))
    return Running(
        tuple(each for each in spaces if not each.startswith(_SYSTEM)),
        tuple(sorted(_own(accounts), key=lambda each: (each.namespace, each.name))),
        tuple(sorted(_own(deployments), key=lambda each: (each.namespace, each.name))),
    )


def _own(found: Iterable[Any]) -> list[Any]:
    return [each for each in found if not each.namespace.startswith(_SYSTEM)]


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


def _metadata(thing: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = thing.to_dict()["metadata"]
    return metadata


def _account(found: Any) -> AccountSeen:
    metadata = _metadata(found)
    return AccountSeen(metadata["namespace"], metadata["name"], (metadata.get("annotations") or {}).get(ANNOTATION, ""))


def _deployment(found: dict[str, Any]) -> Runs:
    spec = found["spec"]["template"].get("spec") or {}
    return Runs(
        found["metadata"]["namespace"],
        found["metadata"]["name"],
        spec.get("serviceAccountName") or DEFAULT,
        int(found["spec"].get("replicas", 1)),
        bool(spec.get("hostNetwork")),
    )
