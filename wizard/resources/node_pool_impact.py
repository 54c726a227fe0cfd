"""What making the nodes of a pool anew does to what runs there."""

from __future__ import annotations

from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import ALL
from wizard.clouds.session import Clouds
from wizard.engine.resource import State
from wizard.federation.gke import ClusterName

POOL_LABEL = "cloud.google.com/gke-nodepool"
SECONDS_PER_NODE = 600.0
"""How long one node may take; several are made at a time only where the pool's surge allows it."""

_SHOWN = 4
_STAY = frozenset({"DaemonSet", "Node"})
"""Owners whose pods belong to a node: they do not move, they end with it."""

_SYSTEM = ("kube-", "gke-", "gmp-")
"""How the namespaces begin that GKE makes."""


def touched(clouds: Clouds, cluster: ClusterName, pool: dict[str, Any]) -> State:
    """The pool's nodes, how they are made anew, whose they are, and the pods on them where those can be read."""
    settings = pool.get("upgradeSettings", {})
    blue_green = settings.get("strategy") == "BLUE_GREEN"
    state: State = {
        "nodes": int(pool.get("initialNodeCount", 0)) * max(len(pool.get("locations", ())), 1),
        "strategy": "blue-green" if blue_green else f"surge {settings.get('maxSurge', 0)}",
        "unavailable": 0 if blue_green else int(settings.get("maxUnavailable", 0)),
        "identity": pool.get("config", {}).get("serviceAccount", "default"),
        "pods": None,
    }
    try:
        nodes, pods = _running(clouds, cluster, str(pool.get("name")))
    except CloudError:  # without them it is still known that the nodes are made anew
        return state
    return state | {"nodes": nodes, "pods": pods}


def text(pool: str, state: State, workloads: tuple[str, ...]) -> str:
    """The impact in words. `workloads` (NAMESPACE/SERVICE ACCOUNT) have access of their own in the same plan."""
    nodes, pods = state.get("nodes"), state.get("pods")
    unavailable = f", {state['unavailable']} at a time missing" if state.get("unavailable") else ""
    recreated = f"recreates {_count(nodes, 'node')} of {pool}, {state.get('strategy', 'surge unknown')}{unavailable}"
    if pods is None:
        return f"{recreated}; all pods there move, and stop acting as the nodes' service account"
    moving = [pod["name"] for pod in pods]
    move = f"{_count(len(moving), 'running pod')} {'moves' if len(moving) == 1 else 'move'}"
    named = f" ({_some(moving)})" if moving else ""
    return "; ".join([f"{recreated}; {move}{named}", *_left_without(state, pods, workloads)])


def _left_without(state: State, pods: list[dict[str, str]], workloads: tuple[str, ...]) -> list[str]:
    """Pods that live by the nodes' service account today, and that the plan gives nothing of their own."""
    others = sorted({pod["account"] for pod in pods if pod["account"]} - set(workloads))
    if not others:
        return []
    owner = "the nodes' service account" if state.get("identity") == "default" else str(state.get("identity"))
    return [f"pods of {_some(others)} stop acting as {owner}, and are not in this setup"]


def _running(clouds: Clouds, cluster: ClusterName, pool: str) -> tuple[int, list[dict[str, str]]]:
    """How many nodes the pool has now, and the pods that move. Raises CloudError."""
    from lightkube.resources.core_v1 import Node, Pod

    kubernetes = clouds.kubernetes(cluster)
    nodes = {_meta(node).name for node in kubernetes.list_objects(Node, labels={POOL_LABEL: pool})}
    found = [pod for pod in kubernetes.list_objects(Pod, ALL) if pod.spec and pod.spec.nodeName in nodes]
    return len(nodes), sorted((_pod(pod) for pod in found if _moves(pod)), key=lambda pod: pod["name"])


def _moves(pod: Any) -> bool:
    """A running pod of the team's own: Google's come with every node."""
    owners = {owner.kind for owner in _meta(pod).ownerReferences or ()}
    phase = pod.status.phase if pod.status else None
    return phase == "Running" and not owners & _STAY and not _meta(pod).namespace.startswith(_SYSTEM)


def _pod(pod: Any) -> dict[str, str]:
    """Its name, and its service account; none on the host's network, where it acts as the node in any mode."""
    namespace = _meta(pod).namespace
    account = "" if pod.spec.hostNetwork else f"{namespace}/{pod.spec.serviceAccountName or 'default'}"
    return {"name": f"{namespace}/{_meta(pod).name}", "account": account}


def _meta(thing: Any) -> Any:
    return thing.metadata


def _count(number: int | None, what: str) -> str:
    return f"all {what}s" if not number else f"{number} {what}" if number == 1 else f"{number} {what}s"


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
