"""The node pools of a cluster whose setup names none of them: one with the metadata server must exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds import clusters
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, State
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.resources import blind, container_operations
from wizard.resources.kind import Kind, Needed

_NOWHERE = (
    "no node pool of {cluster} runs the GKE metadata server, so pods cannot get their own identities, and the "
    "setup names no node pool to change"
)
_ONLY_READ = "The wizard did not change the node pools, so there is nothing to revert."
_NAME_THEM = "set gke.node_pools to the node pools that run the workloads; the cluster has these node pools: {pools}"
_NO_LINUX = "create a node pool with Linux nodes, and set gke.node_pools to the name of this node pool"


@dataclass(frozen=True, eq=False)
class AnyNodePool(Kind):
    """Only reads: the operator must say which node pools to change, because that recreates their nodes."""

    kind: ClassVar[str] = "node pools"
    cluster: ClusterName

    @property
    def name(self) -> str:
        return f"{self.cluster.name}/nodePools"

    @property
    def label(self) -> str:
        return self.cluster.cluster

    def desired(self) -> State:
        return {}

    def read(self, clouds: Clouds) -> State | None:
        """Return nothing to change. Raises CloudError if pods get an identity of their own nowhere in the cluster.

        Before the cluster is in the workload identity pool, no node pool can have the metadata server: then the plan
        has a change, and a note about the node pools.
        """
        cluster = clusters.read(clouds.google, self.cluster)
        pools = [str(pool.get("name")) for pool in cluster.get("nodePools", ())]
        if clusters.workload_pool(cluster) and pools and clusters.without_metadata_server(cluster) == pools:
            self._refuse(cluster)
        return {}

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002 (nothing is ever created)
        raise Refused(_("the wizard cannot create {name}").format(name=self.name))

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (nothing ever differs)
        raise Refused(_("the wizard cannot change {name}").format(name=self.name))

    def stays(self) -> str:
        return _(_ONLY_READ)

    def unreadable(self, error: Refused) -> str | None:
        return blind.disabled_api(error)

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (it only reads)
        return []

    def _refuse(self, cluster: dict[str, Any]) -> None:
        linux = [str(pool.get("name")) for pool in cluster.get("nodePools", ()) if not clusters.is_windows(pool)]
        what = _(_NOWHERE).format(cluster=self.cluster.cluster)
        hint = _(_NAME_THEM).format(pools=", ".join(linux)) if linux else _(_NO_LINUX)
        raise CloudError(container_operations.SERVICE, f"GET {self.name}", None, "NO_NODE_POOL", what, hint)
