"""Who acts as the nodes of a node pool: the controllers and pods there, grouped by namespace, owner and account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import ALL, Kubernetes
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.engine.resource import State
from wizard.federation.gke import ClusterName
from wizard.federation.gke_namespaces import is_googles
from wizard.resources.placement import NodeTraits, can_run

if TYPE_CHECKING:
    from wizard.clouds.kubernetes_briefs import Metadata, Node, Placed, Pod

Json = dict[str, Any]
Above = dict[tuple[str, str, str], str]
"""The controller above a controller, by the namespace, the kind and the name of the one below."""

POOL_LABEL = "cloud.google.com/gke-nodepool"
DEFAULT = "default"

_ENDED = ("Succeeded", "Failed")
_STAY = ("DaemonSet", "Node")
"""Owners whose pods do not move: they end with their node."""
_IDLE = ("Deployment", "StatefulSet", "CronJob", "Job")
"""The kinds of controllers that can have no pod at the moment. A DaemonSet has one on every node that it fits."""
BARE = "Pods without a controller"
"""Stands for such pods together: each has a name of its own that is soon another's."""


@dataclass(frozen=True, order=True)
class NodeUser:
    """A controller, or the pods without one in a namespace, with the nodes' identity."""

    namespace: str
    owner: str
    """Kind and name, such as "Deployment scorer"."""
    account: str
    """The name of its Kubernetes service account."""


@dataclass
class NodeUsers:
    """What runs or can run on the nodes of one pool."""

    nodes: int
    users: Counter[NodeUser] = field(default_factory=Counter)
    """The number of pods of each on the nodes now; 0 for those that can run there but have no pod now."""
    moving: list[str] = field(default_factory=list)
    """NAMESPACE/NAME of the running pods that move to another node."""
    ending: set[str] = field(default_factory=set)
    """The namespaces of pods on the nodes that no controller creates again."""
    unread: dict[str, str] = field(default_factory=dict)
    """Why some kinds of controllers could not be listed, by kind."""

    def state(self) -> State:
        """Return all of it for the state of the node pool."""
        users = [
            {"namespace": user.namespace, "owner": user.owner, "account": user.account, "pods": count}
            for user, count in sorted(self.users.items())
        ]
        found = {"nodes": self.nodes, "pods": sorted(self.moving), "users": users, "unread": self.unread}
        return found | {"ending": sorted(self.ending)}


def read(clouds: Clouds, cluster: ClusterName, pool: Json, together: Collection[str]) -> NodeUsers:
    """Return what runs or can run on a pool's nodes. `together` are the names of all pools of the same plan.

    While the nodes of these are recreated, pods move from one to the other. Raises CloudError if nodes or pods cannot
    be listed.
    """
    from wizard.clouds import kubernetes_briefs as briefs

    kubernetes = clouds.kubernetes(cluster)
    unread: dict[str, str] = {}
    with Readers(max_workers=2 + len(_IDLE)) as readers:
        nodes = readers.submit(kubernetes.list_objects, briefs.Node)
        all_pods = readers.submit(kubernetes.list_objects, briefs.Pod, ALL)
        kinds = {kind: readers.submit(_listed, kubernetes, getattr(briefs, kind), unread) for kind in _IDLE}
        place = _Place(pool, together, nodes.result())
        pods = [pod for pod in all_pods.result() if _is_alive(pod)]
        lists = {kind: listed.result() for kind, listed in kinds.items()}
    found = NodeUsers(place.nodes, unread={kind: unread[kind] for kind in _IDLE if kind in unread})
    busy = _count_pods(found, pods, place, _above(lists))
    for kind, listed in lists.items():
        for metadata, placed in _idle(kind, listed):
            user = NodeUser(metadata.namespace, f"{kind} {metadata.name}", placed.serviceAccountName or DEFAULT)
            if (user.namespace, user.owner) not in busy and not placed.hostNetwork and place.fits(user, placed):
                found.users[user] += 0
    return found


class _Place:
    """The nodes of one pool, and which pods are or can be there."""

    def __init__(self, pool: Json, together: Collection[str], nodes: Iterable[Node]) -> None:
        pools = {node.metadata.name: (node.metadata.labels or {}).get(POOL_LABEL) for node in nodes}
        self._here = {name for name, of in pools.items() if of == pool.get("name")}
        self._leaving = {name for name, of in pools.items() if of in together} - self._here
        here = [_traits(node) for node in nodes if node.metadata.name in self._here]
        self._traits = here or [_typical(pool)]
        self._known: dict[NodeUser, bool] = {}

    @property
    def nodes(self) -> int:
        """The number of nodes that the pool has now."""
        return len(self._here)

    def has(self, pod: Pod) -> bool:
        """Return whether the pod is on one of the nodes."""
        return pod.spec.nodeName in self._here

    def can_get(self, user: NodeUser, pod: Pod) -> bool:
        """Return whether a pod of this user, which is on no node or on one that is recreated, can come here."""
        is_moving = not pod.spec.nodeName or pod.spec.nodeName in self._leaving
        return is_moving and self.fits(user, pod.spec)

    def fits(self, user: NodeUser, placed: Placed) -> bool:
        """Return whether a pod of this user can run on one of the nodes. The first of its pods answers for all."""
        from msgspec.structs import replace

        if user not in self._known:
            anywhere = replace(placed, nodeName=None)
            self._known[user] = any(can_run(anywhere, node) for node in self._traits)
        return self._known[user]


def _count_pods(found: NodeUsers, pods: Iterable[Pod], place: _Place, above: Above) -> set[tuple[str, str]]:
    """Add the teams' pods to what was found. Returns the namespace and the owner of each controller with a pod."""
    busy: set[tuple[str, str]] = set()
    for pod in pods:
        metadata = pod.metadata
        if is_googles(metadata.namespace):
            continue
        user = NodeUser(metadata.namespace, _controller(metadata, above), pod.spec.serviceAccountName or DEFAULT)
        busy.add((user.namespace, user.owner))
        is_here = place.has(pod)
        if is_here and user.owner == BARE:
            found.ending.add(user.namespace)
        elif is_here and _moves(pod):
            found.moving.append(f"{metadata.namespace}/{metadata.name}")
        # On the host's network, a pod acts as the node in any mode.
        if not pod.spec.hostNetwork and (is_here or place.can_get(user, pod)):
            found.users[user] += is_here
    return busy


def _moves(pod: Pod) -> bool:
    running = pod.status and pod.status.phase == "Running"
    return bool(running) and _owner_of(pod.metadata).partition(" ")[0] not in _STAY


def _traits(node: Node) -> NodeTraits:
    return NodeTraits(node.metadata.name, node.metadata.labels or {}, tuple(node.spec.taints or ()))


def _is_alive(pod: Pod) -> bool:
    return not (pod.status and pod.status.phase in _ENDED)


def _owner_of(metadata: Metadata) -> str:
    """Return the kind and the name of the controller of an object; empty if it has none."""
    owners = metadata.ownerReferences or []
    for owner in [owner for owner in owners if owner.controller] or owners:
        return f"{owner.kind} {owner.name}"
    return ""


def _above(lists: dict[str, list[Any]]) -> Above:
    """Return the controllers that have controllers below them: Deployments, and the CronJob of each job."""
    above = {(each.metadata.namespace, "Deployment", each.metadata.name): "" for each in lists["Deployment"]}
    for job in lists["Job"]:
        above[job.metadata.namespace, "Job", job.metadata.name] = _owner_of(job.metadata)
    return above


def _controller(metadata: Metadata, above: Above) -> str:
    """Return the controller that people know: a Deployment instead of its ReplicaSet, a CronJob instead of its Job."""
    kind, _, name = _owner_of(metadata).partition(" ")
    if not kind:
        return BARE
    if kind == "ReplicaSet":
        deployment = name.rpartition("-")[0]
        is_one = (metadata.namespace, "Deployment", deployment) in above
        return f"Deployment {deployment}" if is_one or _has_hash(metadata, name) else f"ReplicaSet {name}"
    return above.get((metadata.namespace, kind, name)) or f"{kind} {name}"


def _has_hash(metadata: Metadata, replica_set: str) -> bool:
    """Return whether a Deployment has named the ReplicaSet, as the label of its pods shows."""
    template = (metadata.labels or {}).get("pod-template-hash")
    return bool(template) and replica_set.endswith(f"-{template}")


def _typical(pool: Json) -> NodeTraits:
    """Return the node that the pool would create, for a pool that has none now."""
    config = pool.get("config", {})
    effects = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}
    taints = tuple({**taint, "effect": effects.get(taint.get("effect", ""))} for taint in config.get("taints", ()))
    labels = {POOL_LABEL: str(pool.get("name")), "kubernetes.io/os": "linux", **config.get("labels", {})}
    return NodeTraits("", labels, taints)


def _listed(kubernetes: Kubernetes, kind: type[Any], unread: dict[str, str]) -> list[Any]:
    """Return the objects of a kind. A refusal is not an error: it is noted in `unread`."""
    try:
        return kubernetes.list_objects(kind, ALL)
    except CloudError as error:
        unread[kind.__name__] = error.message
        return []


def _idle(kind: str, listed: Iterable[Any]) -> Iterator[tuple[Metadata, Placed]]:
    """Yield the teams' own controllers of a kind that can still create pods, and the specification of their pods."""
    for each in listed:
        if is_googles(each.metadata.namespace) or (kind == "Job" and _is_over(each)):
            continue
        spec = each.spec.jobTemplate.spec if kind == "CronJob" else each.spec
        yield each.metadata, spec.template.spec


def _is_over(job: Any) -> bool:
    """Return whether a job has ended, or belongs to a CronJob, which stands for it."""
    ended = [each for each in (job.status and job.status.conditions) or () if each.type in ("Complete", "Failed")]
    return any(each.status == "True" for each in ended) or _owner_of(job.metadata).startswith("CronJob ")
