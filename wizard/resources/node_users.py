"""Who acts as the nodes of a node pool: the controllers and pods there, grouped by namespace, owner and account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import ALL, Kubernetes
from wizard.clouds.session import Clouds
from wizard.engine.resource import State
from wizard.federation.gke import ClusterName
from wizard.federation.gke_namespaces import is_googles
from wizard.resources.placement import NodeTraits, can_run

if TYPE_CHECKING:
    from wizard.clouds.kubernetes_briefs import Metadata, Placed, Pod

POOL_LABEL = "cloud.google.com/gke-nodepool"
DEFAULT = "default"

_ENDED = ("Succeeded", "Failed")
_STAY = ("DaemonSet", "Node")
"""Owners whose pods do not move: they end with their node."""
_IDLE = ("Deployment", "StatefulSet", "CronJob", "Job")
"""The kinds of controllers that can have no pod at the moment. A DaemonSet has one on every node that it fits."""
_KINDS = {"ReplicaSet": "pod-template-hash"}


@dataclass(frozen=True, order=True)
class NodeUser:
    """A controller, or a pod without one, whose pods have the nodes' identity."""

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
    unread: dict[str, str] = field(default_factory=dict)
    """Why some kinds of controllers could not be listed, by kind."""

    def state(self) -> State:
        """Return all of it for the state of the node pool."""
        users = [
            {"namespace": user.namespace, "owner": user.owner, "account": user.account, "pods": count}
            for user, count in sorted(self.users.items())
        ]
        return {"nodes": self.nodes, "pods": sorted(self.moving), "users": users, "unread": self.unread}


def read(clouds: Clouds, cluster: ClusterName, pool: dict[str, Any]) -> NodeUsers:
    """Return what runs or can run on a pool's nodes. Raises CloudError if nodes or pods cannot be listed."""
    from wizard.clouds import kubernetes_briefs as briefs

    kubernetes = clouds.kubernetes(cluster)
    nodes = {each.metadata.name: each for each in kubernetes.list_objects(briefs.Node) if _is_in(each.metadata, pool)}
    places = [NodeTraits(name, node.metadata.labels or {}, tuple(node.spec.taints or ())) for name, node in nodes.items()]
    found = NodeUsers(len(nodes))
    pods = [pod for pod in kubernetes.list_objects(briefs.Pod, ALL) if _is_alive(pod)]
    jobs = _listed(kubernetes, briefs.Job, found)
    cron_jobs = {(job.metadata.namespace, job.metadata.name): _owner_of(job.metadata) for job in jobs}
    busy: set[tuple[str, str]] = set()
    can_be_here = _fits(places or [_typical(pool)])
    for pod in pods:
        owner = _controller(pod.metadata, cron_jobs)
        busy.add((pod.metadata.namespace, owner))
        here = pod.spec.nodeName in nodes or (not pod.spec.nodeName and can_be_here(pod.spec))
        if here and not is_googles(pod.metadata.namespace):
            _count(found, pod, owner)
    for kind in _IDLE:
        listed = jobs if kind == "Job" else _listed(kubernetes, getattr(briefs, kind), found)
        for metadata, placed in _idle(kind, listed):
            owner = f"{kind} {metadata.name}"
            if (metadata.namespace, owner) not in busy and not placed.hostNetwork and can_be_here(placed):
                found.users[NodeUser(metadata.namespace, owner, placed.serviceAccountName or DEFAULT)] += 0
    return found


def _is_in(metadata: Metadata, pool: dict[str, Any]) -> bool:
    return (metadata.labels or {}).get(POOL_LABEL) == pool.get("name")


def _is_alive(pod: Pod) -> bool:
    return not (pod.status and pod.status.phase in _ENDED)


def _count(found: NodeUsers, pod: Pod, owner: str) -> None:
    metadata, running = pod.metadata, pod.status and pod.status.phase == "Running"
    if running and _owner_of(metadata).partition(" ")[0] not in _STAY:
        found.moving.append(f"{metadata.namespace}/{metadata.name}")
    if not pod.spec.hostNetwork:  # on the host's network, a pod acts as the node in any mode
        found.users[NodeUser(metadata.namespace, owner, pod.spec.serviceAccountName or DEFAULT)] += 1


def _owner_of(metadata: Metadata) -> str:
    """Return the kind and the name of the controller of an object; empty if it has none."""
    owners = metadata.ownerReferences or []
    for owner in [owner for owner in owners if owner.controller] or owners:
        return f"{owner.kind} {owner.name}"
    return ""


def _controller(metadata: Metadata, cron_jobs: dict[tuple[str, str], str]) -> str:
    """Return the controller that people know: a Deployment instead of its ReplicaSet, a CronJob instead of its Job."""
    kind, _, name = _owner_of(metadata).partition(" ")
    if not kind:
        return f"Pod {metadata.name}"
    template = (metadata.labels or {}).get("pod-template-hash")
    if kind == "ReplicaSet" and template and name.endswith(f"-{template}"):
        return f"Deployment {name.removesuffix(f'-{template}')}"
    if kind == "Job":
        return cron_jobs.get((metadata.namespace, name)) or f"Job {name}"
    return f"{kind} {name}"


def _fits(places: Iterable[NodeTraits]) -> Callable[[Placed], bool]:
    distinct = list(places)
    return lambda placed: any(can_run(placed, node) for node in distinct)


def _typical(pool: dict[str, Any]) -> NodeTraits:
    """Return the node that the pool would create, for a pool that has none now."""
    config = pool.get("config", {})
    effects = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}
    taints = tuple({**taint, "effect": effects.get(taint.get("effect", ""))} for taint in config.get("taints", ()))
    labels = {POOL_LABEL: str(pool.get("name")), "kubernetes.io/os": "linux", **config.get("labels", {})}
    return NodeTraits("", labels, taints)


def _listed(kubernetes: Kubernetes, kind: type[Any], found: NodeUsers) -> list[Any]:
    """Return the objects of a kind. A refusal is not an error: it is noted in `found`."""
    try:
        return kubernetes.list_objects(kind, ALL)
    except CloudError as error:
        found.unread[kind.__name__] = error.message
        return []


def _idle(kind: str, listed: Iterable[Any]) -> Iterator[tuple[Metadata, Placed]]:
    """Yield the teams' own controllers of a kind that can still create pods, each with the specification of its pods."""
    for each in listed:
        if is_googles(each.metadata.namespace) or (kind == "Job" and _is_over(each)):
            continue
        spec = each.spec.jobTemplate.spec if kind == "CronJob" else each.spec
        yield each.metadata, spec.template.spec


def _is_over(job: Any) -> bool:
    """Return whether a job has ended, or belongs to a CronJob, which stands for it."""
    ended = [each for each in (job.status and job.status.conditions) or () if each.type in ("Complete", "Failed")]
    return any(each.status == "True" for each in ended) or _owner_of(job.metadata).startswith("CronJob ")
