"""The impact of recreating the nodes of a node pool on the pods that run there."""

from __future__ import annotations

from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import ALL
from wizard.clouds.session import Clouds
from wizard.engine.resource import State
from wizard.federation.gke import ClusterName

POOL_LABEL = "cloud.google.com/gke-nodepool"
SECONDS_PER_NODE = 600.0
"""How many seconds one node can take. Several are recreated at a time only if the pool's surge settings allow it."""

_SHOWN = 4
_STAY = frozenset({"DaemonSet", "Node"})
"""Owners whose pods do not move: they end with their node."""

_SYSTEM = ("kube-", "gke-", "gmp-")
"""The start of the names of GKE's own namespaces."""


def affected(clouds: Clouds, cluster: ClusterName, pool: dict[str, Any]) -> State:
    """Return how the pool recreates its nodes, and which nodes and pods that affects.

    "pods" is None if they cannot be read; "nodes" is then the initial number of nodes.
    """
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
    except CloudError:  # the impact still says that the nodes are recreated
        return state
    return state | {"nodes": nodes, "pods": pods}


def text(pool: str, state: State, workloads: tuple[str, ...]) -> str:
    """Return the impact in words. `workloads` (NAMESPACE/SERVICE ACCOUNT) get access in the same plan."""
    pods = state.get("pods")
    recreated = _nodes_text(pool, state)
    if pods is None:
        return f"{recreated}; all pods there move, and stop acting as the nodes' service account"
    texts = [recreated, _pods_text([pod["name"] for pod in pods])]
    others = sorted({pod["account"] for pod in pods if pod["account"]} - set(workloads))
    if others:
        texts.append(_others_text(others, state))
    return "; ".join(texts)


def _nodes_text(pool: str, state: State) -> str:
    count, strategy = state.get("nodes"), state.get("strategy", "surge unknown")
    unavailable = state.get("unavailable")
    if unavailable:
        strategy = f"{strategy}, {unavailable} unavailable at a time"
    if not count:
        return f"recreates all nodes of {pool} ({strategy})"
    if count == 1:
        return f"recreates 1 node of {pool} ({strategy})"
    return f"recreates {count} nodes of {pool} ({strategy})"


def _pods_text(names: list[str]) -> str:
    if not names:
        return "no running pods move"
    if len(names) == 1:
        return f"1 running pod moves ({names[0]})"
    return f"{len(names)} running pods move ({_some(names)})"


def _others_text(accounts: list[str], state: State) -> str:
    """Return which pods lose the nodes' identity, and get no access in the same plan."""
    if state.get("identity") == "default":
        return f"pods of {_some(accounts)} stop acting as the nodes' service account, and are not in this setup"
    return f"pods of {_some(accounts)} stop acting as {state.get('identity')}, and are not in this setup"


def _running(clouds: Clouds, cluster: ClusterName, pool: str) -> tuple[int, list[dict[str, str]]]:
    """Return how many nodes the pool has now, and the pods that move. Raises CloudError."""
    from lightkube.resources.core_v1 import Node, Pod

    kubernetes = clouds.kubernetes(cluster)
    nodes = {_meta(node).name for node in kubernetes.list_objects(Node, labels={POOL_LABEL: pool})}
    on_nodes = [pod for pod in kubernetes.list_objects(Pod, ALL) if pod.spec and pod.spec.nodeName in nodes]
    moving = [_pod(pod) for pod in on_nodes if _moves(pod)]
    return len(nodes), sorted(moving, key=lambda pod: pod["name"])


def _moves(pod: Any) -> bool:
    """Return whether a pod is running, moves to another node, and is not one of GKE's own."""
    owners = {owner.kind for owner in _meta(pod).ownerReferences or ()}
    phase = pod.status.phase if pod.status else None
    return phase == "Running" and not owners & _STAY and not _meta(pod).namespace.startswith(_SYSTEM)


def _pod(pod: Any) -> dict[str, str]:
    """Return a pod's name and service account. On the host's network it has none: it acts as the node in any mode."""
    namespace = _meta(pod).namespace
    account = "" if pod.spec.hostNetwork else f"{namespace}/{pod.spec.serviceAccountName or 'default'}"
    return {"name": f"{namespace}/{_meta(pod).name}", "account": account}


def _meta(thing: Any) -> Any:
    return thing.metadata


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
