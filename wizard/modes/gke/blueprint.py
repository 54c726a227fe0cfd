"""What must be so in Google Cloud and in the cluster, for one setup of workloads on GKE: Setup -> [Resource]."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from wizard.engine.resource import Resource
from wizard.federation import gke
from wizard.federation.identifiers import PoolName
from wizard.modes import access
from wizard.modes.gke.model import GkeSetup, Workload
from wizard.resources.cluster_pool import ClusterPool
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount
from wizard.resources.namespace import Namespace
from wizard.resources.node_pool import NodePool

GkeHalf = Literal["google", "kubernetes"]
"""google: clusters, service accounts, policies. kubernetes: what is inside of the cluster."""


class GkeBlueprint:
    """The resources of a setup, and the names that follow from it. `number` is the number of its project."""

    def __init__(self, setup: GkeSetup, number: str) -> None:
        self.setup = setup
        self.cluster = setup.cluster_name
        self.pool = PoolName(number, gke.workload_pool(setup.google.project))

    def principal(self, workload: Workload) -> str:
        """The member that stands for a workload's pods in policies, for direct access."""
        project, number = self.setup.google.project, self.pool.project_number
        return gke.principal(project, number, workload.namespace, workload.service_account)

    def member(self, workload: Workload) -> str:
        """The member that may act as the workload's Google service account."""
        return gke.workload_identity_member(self.setup.google.project, workload.namespace, workload.service_account)

    def roles(self, workload: Workload) -> dict[str, list[str]]:
        """Project -> the roles that a workload wants on it."""
        return access.roles(workload.grants)

    def resources(self, only: GkeHalf | None = None) -> list[Resource]:
        """Everything that must be so, or the half of it that is in one place.

        What touches running pods comes last, when all that they then live by is in place: first the annotations, and
        after them the node pools, whose nodes are made anew.
        """
        on = access.enabled(self._services())
        home = on[self.setup.google.project]
        pool = ClusterPool(self.cluster, self.setup.gke.node_pools, needs=(home,))
        granted = access.resources([self._workload(each) for each in self._workloads], on, pool)
        if only == "kubernetes":
            return self.inside()
        inside = self.inside(pool, granted) if only is None else []
        return [*on.values(), pool, *granted, *inside, *self._node_pools((pool, *granted, *inside))]

    def inside(self, pool: ClusterPool | None = None, granted: Sequence[Resource] = ()) -> list[Resource]:
        """Namespaces and service accounts, made after the cluster's pool and after what has been granted, if given."""
        first = (pool,) if pool else ()
        spaces = {name: Namespace(self.cluster, name, first) for name in (each.namespace for each in self._workloads)}
        accounts = [self._account(each, (spaces[each.namespace], *granted)) for each in self._workloads]
        return [*spaces.values(), *accounts]

    @property
    def _workloads(self) -> tuple[Workload, ...]:
        return self.setup.workloads

    def _account(self, workload: Workload, needs: tuple[Resource, ...]) -> KubernetesServiceAccount:
        email = self.setup.service_account_email(workload)
        return KubernetesServiceAccount(self.cluster, workload.namespace, workload.service_account, email, needs)

    def _node_pools(self, needs: tuple[Resource, ...]) -> list[Resource]:
        titles = tuple(each.title for each in self._workloads)
        return [NodePool(self.cluster, name, titles, needs) for name in self.setup.gke.node_pools]

    def _workload(self, workload: Workload) -> access.Workload:
        return access.Workload(
            principal=self.principal(workload),
            impersonator=self.member(workload),
            grants=workload.grants,
            email=self.setup.service_account_email(workload),
            home=self.setup.service_account_project(workload),
        )

    def _services(self) -> dict[str, set[str]]:
        """Project -> the APIs that must be on in it; the token service's is for tests from outside of the cluster."""
        found = access.services([self._workload(each) for each in self._workloads])
        names = ("container", "iam", "sts", "cloudresourcemanager")
        found[self.setup.google.project] |= {f"{name}.googleapis.com" for name in names}
        return found
