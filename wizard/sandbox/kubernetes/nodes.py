"""The nodes of a cluster, as its node pools create them.

A pool whose metadata mode changes gets new nodes, with other names: GKE recreates them. Source: GKE documentation,
"Authenticate to Google Cloud APIs from GKE workloads".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from wizard.sandbox.model.clusters import VERSION, Cluster, NodePool

from .kinds import NODE, Object
from .state import KubernetesState, head, stamp

METADATA_SERVER = "iam.gke.io/gke-metadata-server-enabled"
"""The label of the nodes that run the GKE metadata server."""
POOL = "cloud.google.com/gke-nodepool"
CORDONED = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
WINDOWS = {"key": "node.kubernetes.io/os", "value": "windows", "effect": "NoSchedule"}
"""The taint that GKE puts on Windows nodes."""

_MADE: dict[tuple[object, ...], tuple[Node, ...]] = {}


@dataclass(frozen=True)
class Node:
    """One node; `gke_metadata` says whether it runs the GKE metadata server, `account` whose the node itself is."""

    name: str
    pool: str
    labels: Mapping[str, str]
    taints: tuple[Mapping[str, str], ...]
    gke_metadata: bool
    account: str
    windows: bool = False
    unschedulable: bool = False
    annotations: Mapping[str, str] | None = None


def nodes(state: KubernetesState) -> list[Node]:
    """The nodes that the cluster has now, as callers changed them.

    An Autopilot cluster without pools has a few of Google's own.
    """
    cluster = state.cluster
    pools = list(cluster.node_pools.values())
    if cluster.autopilot and not pools:
        pools = [NodePool("pool-1", "GKE_METADATA", nodes=2, machine_type="ek-standard-8")]
    made = [node for pool in pools for node in _nodes_of(cluster, pool)]
    return [_changed(node, state.node_changes[node.name]) if node.name in state.node_changes else node for node in made]


def shown(cluster: Cluster, node: Node) -> Object:
    """The node as a Kubernetes object."""
    item = head(NODE, node.name, "", stamp(cluster.created))
    item["metadata"] |= {"uid": _digest(node.name, 32), "labels": dict(node.labels), "resourceVersion": "1"}
    if node.annotations:
        item["metadata"]["annotations"] = dict(node.annotations)
    item["spec"] = {"providerID": _provider_id(cluster, node)}
    if node.taints:
        item["spec"]["taints"] = [dict(taint) for taint in node.taints]
    if node.unschedulable:
        item["spec"]["unschedulable"] = True
    system = "windows" if node.windows else "linux"
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status"}
    info = {"kubeletVersion": f"v{VERSION}", "operatingSystem": system, "architecture": "amd64"}
    # Clients with types take it that a node tells all of these.
    info |= dict.fromkeys(("bootID", "machineID", "systemUUID"), item["metadata"]["uid"])
    info |= dict.fromkeys(("containerRuntimeVersion", "kernelVersion", "kubeProxyVersion", "osImage"), "")
    item["status"] = {"conditions": [ready], "nodeInfo": info}
    return item


def _provider_id(cluster: Cluster, node: Node) -> str:
    zone = node.labels["topology.kubernetes.io/zone"]
    if cluster.own_issuer:
        return f"aws:///{zone}/{cluster.node_instance or _instance_id(node)}"
    return f"gce://{cluster.project.id}/{zone}/{node.name}"


def _instance_id(node: Node) -> str:
    """An ID of the form that EC2 gives, for a node whose instance the account does not have."""
    return f"i-{_digest(node.name, 17)}"


def change(state: KubernetesState, name: str, item: Mapping[str, Any]) -> None:
    """Remember what a caller wrote to a node: its labels, annotations and taints, and whether it is cordoned."""
    spec, metadata = item.get("spec") or {}, item["metadata"]
    state.node_changes[name] = {
        "labels": dict(metadata.get("labels") or {}),
        "annotations": dict(metadata.get("annotations") or {}),
        "taints": [taint for taint in spec.get("taints") or [] if taint["key"] != CORDONED["key"]],
        "unschedulable": bool(spec.get("unschedulable")),
    }


def _changed(node: Node, changes: Mapping[str, Any]) -> Node:
    taints = [*changes["taints"], *([CORDONED] if changes["unschedulable"] else [])]
    return replace(
        node,
        labels=changes["labels"],
        annotations=changes["annotations"],
        taints=tuple(taints),
        unschedulable=changes["unschedulable"],
    )


def _nodes_of(cluster: Cluster, pool: NodePool) -> tuple[Node, ...]:
    """The nodes of a pool: the same as the last time, unless something was changed of what they are made from."""
    made_from = (
        *(cluster.id, cluster.name, cluster.location, cluster.autopilot, cluster.node_account(pool)),
        *(pool.name, pool.mode, pool.nodes, pool.machine_type, pool.image_type, repr(pool.labels), repr(pool.taints)),
    )
    if made_from not in _MADE:
        _MADE[made_from] = tuple(_of(cluster, pool))
    return _MADE[made_from]


def _of(cluster: Cluster, pool: NodePool) -> Iterator[Node]:
    gke_metadata = (pool.mode == "GKE_METADATA" or cluster.autopilot) and not pool.windows
    group = _digest(f"{cluster.id}/{pool.name}/{pool.mode}", 8)
    region, zones = _places(cluster)
    for index in range(pool.nodes):
        prefix = "gk3" if cluster.autopilot else "gke"
        name = f"{prefix}-{cluster.name}-{pool.name}-{group}-{_digest(f'{group}{index}', 4)}"[-63:].lstrip("-")
        labels = {
            **pool.labels,
            POOL: pool.name,
            "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "windows" if pool.windows else "linux",
            "node.kubernetes.io/instance-type": pool.machine_type,
            "topology.kubernetes.io/region": region,
            "topology.kubernetes.io/zone": zones[index % len(zones)],
        }
        if gke_metadata:
            labels[METADATA_SERVER] = "true"
        taints = (*pool.taints, *([WINDOWS] if pool.windows else []))
        yield Node(name, pool.name, labels, taints, gke_metadata, cluster.node_account(pool), pool.windows)


def _places(cluster: Cluster) -> tuple[str, list[str]]:
    """The region of the nodes, and their zones."""
    if cluster.own_issuer:  # AWS writes eu-central-1a, Google europe-west3-a
        return cluster.location, [f"{cluster.location}{letter}" for letter in "abc"]
    if cluster.zonal:
        return cluster.location[:-2], [cluster.location]
    return cluster.location, [f"{cluster.location}-{letter}" for letter in "abc"]


def _digest(text: str, length: int) -> str:
    return sha256(text.encode()).hexdigest()[:length]
