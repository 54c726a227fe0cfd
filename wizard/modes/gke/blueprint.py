"""The resources that a setup of workloads on GKE needs: Setup -> [Resource]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from wizard.engine.resource import Resource
from wizard.federation import gke, principals
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity
from wizard.language import _
from wizard.modes import access
from wizard.modes.gke.model import GkeSetup, Workload
from wizard.resources import already
from wizard.resources.already import Bindings
from wizard.resources.any_node_pool import AnyNodePool
from wizard.resources.cluster_pool import ClusterPool
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount
from wizard.resources.namespace import Namespace
from wizard.resources.node_pool import NodePool
from wizard.resources.pod_account import PodAccount
from wizard.resources.pod_key_removal import PodKeyRemoval

GkeHalf = Literal["google", "kubernetes"]
"""google: clusters, service accounts and policies. kubernetes: the objects in the cluster."""

GAIN = (
    "The workload {workload} also gets {granted} on {project}, because the project's policy already grants this "
    "access to the service account {email}."
)
GAIN_UNDER_CONDITION = (
    "The workload {workload} also gets {granted} on {project} under the condition {condition}, because the project's "
    "policy already grants this access to the service account {email}."
)


def projects_of_accounts(setup: GkeSetup) -> list[str]:
    """Return the projects and other resources whose policies say what the setup's service accounts have already."""
    using = [workload for workload in setup.workloads if workload.google_service_account]
    return [place for workload in using for place in access.roles(workload.grants)] + [
        setup.service_account_project(workload) for workload in using
    ]


class GkeBlueprint:
    """The resources of a setup, and the names that are derived from it. `number` is the project number.

    `policies` has the bindings of the policies that are known, by project ID.
    """

    def __init__(self, setup: GkeSetup, number: str, policies: Mapping[str, Bindings] | None = None) -> None:
        self.setup = setup
        self._policies = policies or {}
        self.cluster = setup.cluster_name
        self.pool = PoolName(number, gke.workload_pool(setup.google.project))

    def principal(self, workload: Workload) -> str:
        """Return the member for a workload's pods in policies, for direct access."""
        project, number = self.setup.google.project, self.pool.project_number
        return gke.principal(project, number, workload.namespace, workload.service_account)

    def member(self, workload: Workload) -> str:
        """Return the member that can impersonate the workload's Google service account."""
        return gke.workload_identity_member(self.setup.google.project, workload.namespace, workload.service_account)

    def also(self, workload: Workload) -> tuple[str, ...]:
        """Return every member that includes the workload's pods, sorted, in any form that policies have for it."""
        subject = gke.subject(workload.namespace, workload.service_account)
        attributes = {"kubernetes.cluster": self.cluster.issuer}
        return tuple(sorted(principals.members_of(FederatedIdentity(self.pool, subject, attributes=attributes))))

    def roles(self, workload: Workload) -> dict[str, list[str]]:
        """Return the roles that a workload needs on each project, by project ID."""
        return access.roles(workload.grants)

    def resources(self, only: GkeHalf | None = None) -> list[Resource]:
        """Return every resource of the setup, or those of one half.

        Changes that affect running pods come last, when everything that the pods need is in place: first the
        annotations, then the service accounts of the pods, then the node pools, whose nodes are recreated. A key that
        pods carry is removed when they can do without it.
        """
        on = access.enabled(self._services())
        home = on[self.setup.google.project]
        pool = ClusterPool(self.cluster, self.setup.gke.node_pools, needs=(home,))
        workloads = [self._access(workload) for workload in self._workloads]
        granted = access.resources(workloads, on, pool)
        if only == "kubernetes":
            inside = self.inside()
            return [*inside, *self._pod_accounts(inside), *self._key_removals(())]
        inside = self.inside(pool, granted) if only is None else []
        pods = self._pod_accounts(inside) if only is None else []
        node_pools = self._node_pools((pool, *granted, *inside, *pods))
        keys = self._key_removals(tuple(node_pools)) if only is None else []
        made = [*on.values(), pool, *granted, *inside, *pods, *node_pools, *keys]
        replaced = [self.setup.replaced(workload) for workload in self._workloads if workload.disable_keys]
        return [*made, *access.disabled_keys(filter(None, replaced), tuple(made))]

    def inside(self, pool: ClusterPool | None = None, granted: Sequence[Resource] = ()) -> list[Resource]:
        """Return the namespaces and service accounts. They need `pool` and `granted` first, if these are given."""
        first = (pool,) if pool else ()
        names = [workload.namespace for workload in self._workloads]
        namespaces = {name: Namespace(self.cluster, name, first) for name in names}
        accounts = [self._account(workload, (namespaces[workload.namespace], *granted)) for workload in self._workloads]
        return [*namespaces.values(), *accounts]

    @property
    def _workloads(self) -> tuple[Workload, ...]:
        return self.setup.workloads

    def _account(self, workload: Workload, needs: tuple[Resource, ...]) -> KubernetesServiceAccount:
        email = self.setup.service_account_email(workload)
        return KubernetesServiceAccount(self.cluster, workload.namespace, workload.service_account, email, needs)

    def _pod_accounts(self, inside: Sequence[Resource]) -> list[Resource]:
        """Return the service accounts of the pods that the setup wires. `inside` has what they need first."""
        needs = tuple(inside)
        return [
            PodAccount(self.cluster, workload.namespace, controller, workload.service_account, needs)
            for workload in self._workloads
            for controller in workload.wired
        ]

    def _key_removals(self, node_pools: tuple[Resource, ...]) -> list[Resource]:
        return [
            PodKeyRemoval(
                self.cluster,
                workload.namespace,
                controller,
                (*node_pools, PodAccount(self.cluster, workload.namespace, controller, workload.service_account)),
            )
            for workload in self._workloads
            if workload.remove_keys
            for controller in workload.wired
        ]

    def _node_pools(self, needs: tuple[Resource, ...]) -> list[Resource]:
        titles = tuple(workload.title for workload in self._workloads)
        pools = self.setup.gke.node_pools
        if not pools:
            return [AnyNodePool(self.cluster)]
        wired = {
            (workload.namespace, controller.title): workload.service_account
            for workload in self._workloads
            for controller in workload.wired
        }
        return [NodePool(self.cluster, name, titles, pools, needs, wired) for name in pools]

    def _access(self, workload: Workload) -> access.Workload:
        return access.Workload(
            principal=self.principal(workload),
            impersonator=self.member(workload),
            grants=workload.grants,
            email=self.setup.service_account_email(workload),
            home=self.setup.service_account_project(workload),
            also=self.also(workload),
            gained=tuple(self._gained(workload)),
            says_kept=True,
        )

    def _gained(self, workload: Workload) -> Iterator[str]:
        """Yield what a workload gets as its service account, although no workload of this account asks for it."""
        email = self.setup.service_account_email(workload)
        together = [each for each in self._workloads if email and self.setup.service_account_email(each) == email]
        asked = access.roles(grant for each in together for grant in each.grants)
        for each in already.not_asked(self._policies, {f"serviceAccount:{email}"}, asked):
            words = {"granted": each.role, "project": each.project, "email": email}
            if each.condition is None:
                yield _(GAIN).format(workload=workload.title, **words)
            else:
                yield _(GAIN_UNDER_CONDITION).format(workload=workload.title, condition=each.condition, **words)

    def _services(self) -> dict[str, set[str]]:
        """Return the APIs that each project needs, by project ID. Tests from outside of the cluster need `sts`."""
        workloads = [self._access(workload) for workload in self._workloads]
        services = access.services(workloads)
        services[self.setup.google.project] |= access.called_apis(workloads)
        names = ("container", "iam", "sts", "cloudresourcemanager")
        services[self.setup.google.project] |= {f"{name}.googleapis.com" for name in names}
        return services
