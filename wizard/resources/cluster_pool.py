"""The workload identity pool of a GKE cluster, which enables Workload Identity Federation for GKE."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds import clusters
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import ALL
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Owner, Refused, Resource, State
from wizard.federation.gke import ANNOTATION, ClusterName, workload_pool
from wizard.language import _
from wizard.resources import blind, container_operations, owners, pool_users
from wizard.resources.kind import Kind, Needed, NeededAt

_LEFT = (
    "The setup does not name these node pools, so their pods do not get their own identities, and keep the identity "
    "of their nodes: {pools}"
)
_HAS_MODE = "The node pool {pool} has the GKE metadata server, but the run did not change this node pool."
_ANNOTATED = (
    "The Kubernetes service account {account} acts as the Google service account {email} through an annotation that "
    "the run did not write."
)
_LOSES_ROLE = "pods of {cluster} with the identity {member} lose the role {role} on the project {project}"
_UPDATES = "GKE updates the cluster; new node pools no longer get the GKE metadata server"
_UPDATES_ZONAL = (
    "GKE updates the cluster; the cluster's Kubernetes API can be unavailable for a few minutes; new node pools no "
    "longer get the GKE metadata server"
)


@dataclass(frozen=True, eq=False)
class ClusterPool(Kind):
    """A cluster in the workload identity pool of its project. GKE creates the pool with the first such cluster.

    `node_pools` are the node pools that the same plan changes.
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
        """The only workload identity pool that a cluster of this project can use."""
        return workload_pool(self.cluster.project)

    def desired(self) -> State:
        return {"workloadPool": self.pool}

    def read(self, clouds: Clouds) -> State | None:
        cluster = clusters.read(clouds.google, self.cluster)
        self._refuse_impossible(cluster)
        return {
            "workloadPool": clusters.workload_pool(cluster),
            "autopilot": clusters.is_autopilot(cluster),
            "without": clusters.without_metadata_server(cluster),
            "owner": owners.state(owners.in_google("cluster", self.cluster.cluster, cluster.get("resourceLabels", {}))),
        }

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002 (the wizard does not create clusters)
        raise Refused(
            _("{cluster} does not exist, and the wizard does not create clusters").format(cluster=self.cluster)
        )

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (only the pool can differ)
        body = {"update": {"desiredWorkloadIdentityConfig": {"workloadPool": self.pool}}}
        return container_operations.put(clouds, self.cluster, "", body, lambda: self._has_pool(clouds, self.pool))

    def written(self, clouds: Clouds, change: Change) -> State | None:
        del change
        return {"workloadPool": clusters.workload_pool(clusters.read(clouds.google, self.cluster))}

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (there was no pool before)
        """Take the cluster out of the pool. Source: Container API reference, `desiredWorkloadIdentityConfig`.

        The pool itself stays, as Google Cloud manages it.
        """
        body = {"update": {"desiredWorkloadIdentityConfig": {"workloadPool": ""}}}
        return container_operations.put(clouds, self.cluster, "", body, lambda: self._has_pool(clouds, None))

    def cannot_restore(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:
        """Return who depends on the pool of the cluster by now: other node pools, and annotated accounts."""
        del change
        cluster = clusters.read(clouds.google, self.cluster)
        leaving = {resource.name for resource in going}
        pools = [str(pool.get("name")) for pool in cluster.get("nodePools", ())]
        without = clusters.without_metadata_server(cluster)
        reasons = [
            _(_HAS_MODE).format(pool=pool)
            for pool in pools
            if pool not in without and f"{self.cluster.name}/nodePools/{pool}" not in leaving
        ]
        return [*reasons, *self._annotated(clouds, leaving)]

    def revert_losers(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:
        """Return the principals of the pool that have roles on its project, beside those whose roles the run gave."""
        del change
        project = self.cluster.project
        return [
            _(_LOSES_ROLE).format(cluster=self.cluster.cluster, member=member, role=role, project=project)
            for role, member in pool_users.granted_pairs(clouds, project, self.pool, going)
        ]

    def revert_impact(self, clouds: Clouds, change: Change) -> str | None:
        del clouds, change
        return _(_UPDATES_ZONAL) if self._is_zonal else _(_UPDATES)

    def unreadable(self, error: Refused) -> str | None:
        return blind.disabled_api(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.is_api_starting(error)

    def moved(self, error: Refused) -> bool:
        return container_operations.is_ended(error)

    def impact(self, change: Change) -> str | None:
        if change.action != "update":
            return None
        if self._is_zonal:
            return _(
                "GKE updates the cluster; the cluster's Kubernetes API can be unavailable for a few minutes; "
                "existing node pools do not change, and new node pools get the GKE metadata server"
            )
        return _(
            "GKE updates the cluster; existing node pools do not change, and new node pools get the GKE metadata server"
        )

    def owner(self, change: Change) -> Owner | None:
        return owners.recorded(change)

    def notes(self, change: Change) -> list[str]:
        state = change.before or {}
        if state.get("autopilot"):
            return [
                _(
                    "The cluster is an Autopilot cluster, so Workload Identity Federation for GKE is always enabled "
                    "on all nodes."
                )
            ]
        others = [name for name in state.get("without", ()) if name not in self.node_pools]
        if others:
            return [_(_LEFT).format(pools=", ".join(others))]
        return []

    def commands(self, change: Change) -> list[str]:  # noqa: ARG002 (the same for every change)
        name = self.cluster
        place = f"--location={name.location} --project={name.project}"
        return [f"gcloud container clusters update {name.cluster} {place} --workload-pool={self.pool}"]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (the same for every change)
        return update_permissions(self.cluster)

    @property
    def _is_zonal(self) -> bool:
        return self.cluster.location.count("-") == 2

    def _has_pool(self, clouds: Clouds, pool: str | None) -> bool:
        return clusters.workload_pool(clusters.read(clouds.google, self.cluster)) == pool

    def _annotated(self, clouds: Clouds, leaving: Collection[str]) -> Iterator[str]:
        """Yield the annotated Kubernetes service accounts that do not go. Raises CloudError."""
        from lightkube.resources.core_v1 import ServiceAccount

        accounts: list[Any] = clouds.kubernetes(self.cluster).list_objects(ServiceAccount, ALL)
        for account in accounts:
            metadata = account.metadata
            email = (metadata.annotations or {}).get(ANNOTATION)
            name = f"{self.cluster.name}/namespaces/{metadata.namespace}/serviceaccounts/{metadata.name}"
            if email and name not in leaving:
                yield _(_ANNOTATED).format(account=f"{metadata.namespace}/{metadata.name}", email=email)

    def _refuse_impossible(self, cluster: dict[str, Any]) -> None:
        """Raise CloudError for a cluster in another workload identity pool, or one that is being deleted."""
        other = clusters.workload_pool(cluster)
        if other not in (None, self.pool):
            what = _("{cluster} is in the workload identity pool {other}, not in {pool}").format(
                cluster=self.cluster.cluster, other=other, pool=self.pool
            )
            hint, reason = (
                _("set up the cluster's workloads in the project of the pool {other}").format(other=other),
                "OTHER_POOL",
            )
            fleet = cluster.get("fleet", {}).get("project")
            if fleet and fleet != self.cluster.project:
                reason = "FLEET_POOL"
                hint = _(
                    "the cluster belongs to the fleet of {fleet}: set up the cluster's workloads in "
                    "the project of the pool {other}"
                ).format(fleet=fleet, other=other)
            raise CloudError(container_operations.SERVICE, f"GET {self.name}", None, reason, what, hint)
        if cluster.get("status") == "STOPPING":
            what = _("{cluster} is being deleted").format(cluster=self.cluster.cluster)
            raise CloudError(container_operations.SERVICE, f"GET {self.name}", None, "STOPPING", what)


def update_permissions(cluster: ClusterName) -> list[Needed]:
    """Return the permissions to change a cluster or its node pools, and to find operations that are running."""
    verbs = ("clusters.update", "operations.get", "operations.list")
    return [Needed("google", f"container.{verb}", cluster.project) for verb in verbs]
