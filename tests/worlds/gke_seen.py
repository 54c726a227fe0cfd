"""The contents of a GKE sandbox, and what its service accounts can do in it, by the sandbox's own policies."""

from collections.abc import Iterator
from typing import Any

from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import Namespace, ServiceAccount

from tests.worlds import gke_worlds as gke
from tests.worlds import names
from tests.worlds.cloud import Cloud
from tests.worlds.names import Json
from tests.worlds.seen import MOMENTS, Fact, Facts, Moment
from wizard.clouds.session import Clouds
from wizard.federation.gke import ClusterName
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity, principal
from wizard.sandbox.model.callers import Caller
from wizard.sandbox.model.policy import Access, PolicyStore
from wizard.sandbox.model.policy_rules import parse_policy

_NODES = "gke-nodes"


class GkeObserver:
    """Fills the cluster's project and looks at it."""

    def __init__(self, cloud: Cloud) -> None:
        self._world = cloud.world
        found = self._world.projects.find(gke.PROJECT)
        assert found is not None
        self._project = found
        (self._cluster,) = self._world.clusters
        name = ClusterName(gke.PROJECT, gke.LOCATION, gke.CLUSTER)
        self._kubernetes = Clouds(gke.PROJECT).kubernetes(name)

    def fill(self, world: Json) -> None:
        """Replace policies, Google service accounts, and Kubernetes service accounts."""
        project = self._project
        project.service_accounts = {each.email: each for each in self._accounts if each.account_id == _NODES}
        for each in world["service_accounts"]:
            project.add_account(each["id"])
        owner = {"role": "roles/owner", "members": [names.OPERATOR]}
        self._set(project.policy, [owner, *world["policy"]])
        for each in world["service_accounts"]:
            self._set(project.service_accounts[gke.email(each["id"])].policy, each["policy"])
        self._fill_cluster(world["annotations"])

    def look(self) -> Facts:
        """Everything that pods of any Kubernetes service account, and Google service accounts, can do."""
        return frozenset([*self._pods(), *self._members(), *self._node_pools()])

    def text(self) -> str:
        """Everything that is stored, to see whether anything was written."""
        accounts = [(each.email, each.disabled, each.policy.bindings) for each in self._accounts]
        stored = (sorted(self._project.enabled), self._project.policy.bindings, accounts)
        return repr((stored, self._annotations(), sorted(self._node_pools())))

    @property
    def _accounts(self) -> list[Any]:
        return list(self._project.service_accounts.values())

    def _set(self, policy: PolicyStore, bindings: list[Json]) -> None:
        stored, _ = parse_policy(self._world.projects, {"version": 3, "bindings": bindings})
        policy.seed(stored, self._world.clock())

    def _fill_cluster(self, annotations: dict[tuple[str, str], str | None]) -> None:
        there = {each.metadata.name for each in self._kubernetes.list_objects(Namespace)}
        for name in gke.NAMESPACES:
            if name not in there:
                self._kubernetes.create(Namespace(metadata=ObjectMeta(name=name)))
        for namespace, account in self._annotations():
            self._kubernetes.delete(ServiceAccount, account, namespace)
        for (namespace, account), email in annotations.items():
            marks = {gke.ANNOTATION: email} if email else {}
            metadata = ObjectMeta(name=account, namespace=namespace, annotations=marks)
            self._kubernetes.create(ServiceAccount(metadata=metadata), namespace)

    def _annotations(self) -> dict[tuple[str, str], str]:
        """The annotation of each Kubernetes service account, or an empty text."""
        found = {}
        for namespace in gke.NAMESPACES:
            for each in self._kubernetes.list_objects(ServiceAccount, namespace):
                if each.metadata.name in gke.ACCOUNTS:
                    value = (each.metadata.annotations or {}).get(gke.ANNOTATION, "")
                    found[namespace, each.metadata.name] = value
        return found

    def _pods(self) -> Iterator[Fact]:
        """What pods can do with their own tokens ("role"), and through the metadata server ("can")."""
        annotations = self._annotations()
        for namespace in gke.NAMESPACES:
            for account in gke.ACCOUNTS:
                title, caller = f"{namespace}/{account}", self._caller(namespace, account)
                yield from (("role", title, *fact) for fact in self._roles(caller))
                yield from self._impersonates(title, caller)
                if (namespace, account) in annotations:
                    acting = self._acting(caller, annotations[namespace, account])
                    yield from (("can", title, *fact) for fact in self._roles(acting)) if acting else ()

    def _caller(self, namespace: str, account: str) -> Caller:
        pool, subject = PoolName(gke.NUMBER, gke.POOL), f"ns/{namespace}/sa/{account}"
        identity = FederatedIdentity(pool, subject, attributes={"kubernetes.cluster": gke.ISSUER})
        return Caller("federated", principal(pool, subject), identity, (), self._world.clock())

    def _impersonates(self, title: str, caller: Caller) -> Iterator[Fact]:
        for each in self._accounts:
            for moment in MOMENTS:
                if self._has(each.policy, caller, names.IMPERSONATE, moment):
                    yield ("impersonates", title, each.email, moment.name)

    def _acting(self, caller: Caller, email: str) -> Caller | None:
        """Who a pod acts as: the annotated service account, if that lets it, else itself; None if it gets no token."""
        if not email:
            return caller
        account = self._project.service_accounts.get(email)
        if account is None or not self._has(account.policy, caller, names.IMPERSONATE, MOMENTS[0]):
            return None
        return self._as(account.member)

    def _members(self) -> Iterator[Fact]:
        for each in self._accounts:
            yield from (("member", each.email, *fact) for fact in self._roles(self._as(each.member)))

    def _as(self, member: str) -> Caller:
        return Caller("serviceAccount", member, None, (), self._world.clock())

    def _roles(self, caller: Caller) -> Iterator[Fact]:
        for role in gke.GRANTED:
            for moment in MOMENTS:
                if self._has(self._project.policy, caller, role, moment):
                    yield (role, moment.name)

    def _has(self, policy: PolicyStore, caller: Caller, role: str, moment: Moment) -> bool:
        now, resource = self._world.clock() + moment.later, {"name": moment.resource}
        return policy.grants(Access(caller, role, now, resource, lambda one, other: one == other))

    def _node_pools(self) -> Iterator[Fact]:
        for each in self._cluster.node_pools.values():
            yield ("node pool", each.name, str(each.mode), each.etag)
