"""The metadata mode of a node pool, which decides whether pods get an identity of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from wizard.clouds import clusters
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Owner, Refused, Resource, State
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.resources import blind, container_operations, node_pool_impact, node_users, owners, state_words
from wizard.resources.cluster_pool import update_permissions
from wizard.resources.kind import Kind, Needed


def metadata_command(cluster: ClusterName, pool: str) -> str:
    """Return the command that gives a node pool the GKE metadata server, which recreates its nodes."""
    place = f"--cluster={cluster.cluster} --location={cluster.location} --project={cluster.project}"
    return f"gcloud container node-pools update {pool} {place} --workload-metadata={clusters.WITH_POOL}"


@dataclass(frozen=True, eq=False)
class NodePool(Kind):
    """A node pool with the GKE metadata server. A change of the mode recreates every node of the pool.

    `workloads` are the Kubernetes service accounts (NAMESPACE/NAME) that get access in the same plan, and `together`
    the node pools that it changes. `wired` has the accounts that controllers get first, by namespace and title.
    """

    kind: ClassVar[str] = "node pool's metadata mode"
    deadline: ClassVar[float] = container_operations.DEADLINE
    cluster: ClusterName
    pool: str
    workloads: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    needs: tuple[Resource, ...] = ()
    wired: Mapping[tuple[str, str], str] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        return f"{self.cluster.name}/nodePools/{self.pool}"

    def desired(self) -> State:
        return {"mode": clusters.WITH_POOL}

    def read(self, clouds: Clouds) -> State | None:
        """Return the mode and, if it must change, the nodes and pods that the change affects."""
        cluster = clusters.read(clouds.google, self.cluster)
        if clusters.is_autopilot(cluster):
            return {"mode": clusters.WITH_POOL, "autopilot": True}
        pool = self._pool_in(cluster)
        mode = clusters.metadata_mode(pool)
        if mode == clusters.WITH_POOL:
            return {"mode": mode}
        self._refuse_windows(pool)
        labels = cluster.get("resourceLabels", {}) | pool.get("config", {}).get("resourceLabels", {})
        owner = owners.state(owners.in_google("node pool", self.pool, labels))
        return {"mode": mode, "owner": owner, **_settings(pool), **self._affected(clouds, pool)}

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002 (the wizard does not create node pools)
        raise Refused(_("{name} does not exist, and the wizard does not create node pools").format(name=self.name))

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        return self._set_mode(clouds, clusters.WITH_POOL, (change.before or {}).get("nodes") or 0)

    def written(self, clouds: Clouds, change: Change) -> State | None:
        """Return the mode. A node pool without a mode and one with GCE_METADATA are the same."""
        pool = clusters.node_pool(clusters.read(clouds.google, self.cluster), self.pool)
        if pool is None:
            return None
        mode, before = clusters.metadata_mode(pool), (change.before or {}).get("mode")
        is_former = {mode, before} <= {None, clusters.WITHOUT_POOL}
        return {"mode": before if is_former else mode}

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        """Set the former mode, which recreates the nodes once more. A mode cannot be absent again."""
        mode = (change.before or {}).get("mode") or clusters.WITHOUT_POOL
        pool = self._pool_in(clusters.read(clouds.google, self.cluster))
        return self._set_mode(clouds, mode, _settings(pool)["nodes"])

    def revert_impact(self, clouds: Clouds, change: Change) -> str | None:  # noqa: ARG002 (the same for every change)
        pool = self._pool_in(clusters.read(clouds.google, self.cluster))
        return node_pool_impact.revert_impact(self.pool, {**_settings(pool), **self._users(clouds, pool)})

    def revert_losers(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:
        """Return who loses an identity of its own, without the workloads whose access the run gave."""
        del change, going
        pool = self._pool_in(clusters.read(clouds.google, self.cluster))
        state = {**_settings(pool), **self._users(clouds, pool)}
        return node_pool_impact.revert_losers(self.pool, state, self.workloads)

    def unreadable(self, error: Refused) -> str | None:
        return blind.disabled_api(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.is_api_starting(error)

    def moved(self, error: Refused) -> bool:
        return container_operations.is_ended(error)

    def impact(self, change: Change) -> str | None:
        if change.action != "update":
            return None
        return node_pool_impact.impact(self.pool, change.before or {}, self.workloads)

    def losers(self, change: Change) -> list[str]:
        if change.action != "update":
            return []
        return node_pool_impact.losers(self.pool, change.before or {}, self.workloads)

    def owner(self, change: Change) -> Owner | None:
        return owners.recorded(change)

    def notes(self, change: Change) -> list[str]:
        state = change.before or {}
        if state.get("autopilot"):
            return [
                _("GKE manages the node pools of an Autopilot cluster, so the wizard does not change these node pools")
            ]
        return list(node_pool_impact.notes(self.pool, state, self.workloads))

    def commands(self, change: Change) -> list[str]:  # noqa: ARG002 (the same for every change)
        return [metadata_command(self.cluster, self.pool)]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (the same for every change)
        return update_permissions(self.cluster)

    def _affected(self, clouds: Clouds, pool: dict[str, Any]) -> State:
        """Return what runs or can run on the nodes, with the accounts that the plan gives to it first."""
        state = self._users(clouds, pool)
        for user in state.get("users", ()):
            user["account"] = self.wired.get((user["namespace"], user["owner"]), user["account"])
        return state

    def _users(self, clouds: Clouds, pool: dict[str, Any]) -> State:
        """Return what runs or can run on the nodes; why it is not known, if nodes or pods cannot be listed."""
        try:
            return node_users.read(clouds, self.cluster, pool, self.together).state()
        except CloudError as error:  # the plan says that it could not be read
            return {"pods": None, "unread": {"Pod": error.message}}

    def _set_mode(self, clouds: Clouds, mode: str, nodes: int) -> Operation:
        body = {"name": self.pool, "workloadMetadataConfig": {"mode": mode}}
        deadline = max(container_operations.DEADLINE, nodes * node_pool_impact.SECONDS_PER_NODE)
        part = f"/nodePools/{self.pool}"
        return container_operations.put(
            clouds, self.cluster, part, body, lambda: self._has_mode(clouds, mode), deadline
        )

    def _refuse_windows(self, pool: dict[str, Any]) -> None:
        if clusters.is_windows(pool):
            image = pool.get("config", {}).get("imageType")
            what = _("the nodes of {pool} run Windows ({image}), where GKE has no metadata server").format(
                pool=self.pool, image=image
            )
            hint = _("remove {pool} from gke.node_pools, and run the workloads on a node pool with Linux").format(
                pool=self.pool
            )
            raise CloudError(container_operations.SERVICE, f"GET {self.name}", None, "WINDOWS_NODES", what, hint)

    def _has_mode(self, clouds: Clouds, mode: str) -> bool:
        pool = self._pool_in(clusters.read(clouds.google, self.cluster))
        return clusters.metadata_mode(pool) == mode

    def _pool_in(self, cluster: dict[str, Any]) -> dict[str, Any]:
        """Return the node pool from the cluster's own document. Raises CloudError, with the existing pools as hint."""
        pool = clusters.node_pool(cluster, self.pool)
        if pool:
            return pool
        existing = ", ".join(str(pool["name"]) for pool in cluster.get("nodePools", ())) or "none"
        what = _('{cluster} has no node pool "{pool}"').format(cluster=self.cluster.cluster, pool=self.pool)
        hint = _("correct gke.node_pools; the cluster has these node pools: {existing}").format(existing=existing)
        raise CloudError(container_operations.SERVICE, f"GET {self.name}", 404, "NOT_FOUND", what, hint)


def _settings(pool: dict[str, Any]) -> State:
    """Return how the pool recreates its nodes, and their service account. "nodes" is their initial number."""
    settings = pool.get("upgradeSettings", {})
    blue_green = settings.get("strategy") == "BLUE_GREEN"
    surge = state_words.SURGE.format(count=settings.get("maxSurge", 0))
    return {
        "nodes": int(pool.get("initialNodeCount", 0)) * max(len(pool.get("locations", ())), 1),
        "strategy": state_words.BLUE_GREEN if blue_green else surge,
        "unavailable": 0 if blue_green else int(settings.get("maxUnavailable", 0)),
        "identity": pool.get("config", {}).get("serviceAccount", "default"),
    }
