"""The nodes of a cluster, as its node pools create them, and which of them a pod can run on.

A pool whose metadata mode changes gets new nodes, with other names: GKE recreates them. Source: GKE documentation,
"Authenticate to Google Cloud APIs from GKE workloads".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from wizard.sandbox.model.clusters import VERSION, Cluster, NodePool

from .kinds import NODE, Object
from .state import head, stamp

METADATA_SERVER = "iam.gke.io/gke-metadata-server-enabled"
"""The label of the nodes that run the GKE metadata server."""
POOL = "cloud.google.com/gke-nodepool"


@dataclass(frozen=True)
class Node:
    """One node; `gke_metadata` says whether it runs the GKE metadata server, `account` whose the node itself is."""

    name: str
    pool: str
    labels: dict[str, str]
    gke_metadata: bool
    account: str


def nodes(cluster: Cluster) -> list[Node]:
    """The nodes that the cluster has now; an Autopilot cluster without pools has a few of Google's own."""
    pools = list(cluster.node_pools.values())
    if cluster.autopilot and not pools:
        pools = [NodePool("pool-1", "GKE_METADATA", nodes=2, machine_type="ek-standard-8")]
    return [node for pool in pools for node in _of(cluster, pool)]


def shown(cluster: Cluster, node: Node) -> Object:
    """The node as a Kubernetes object."""
    item = head(NODE, node.name, "", stamp(cluster.created))
    item["metadata"] |= {"uid": _digest(node.name, 32), "labels": node.labels, "resourceVersion": "1"}
    item["spec"] = {
        "providerID": f"gce://{cluster.project.id}/{node.labels['topology.kubernetes.io/zone']}/{node.name}"
    }
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status"}
    info = {"kubeletVersion": f"v{VERSION}", "operatingSystem": "linux", "architecture": "amd64"}
    # Clients with types take it that a node tells all of these.
    info |= dict.fromkeys(("bootID", "machineID", "systemUUID"), item["metadata"]["uid"])
    info |= dict.fromkeys(("containerRuntimeVersion", "kernelVersion", "kubeProxyVersion", "osImage"), "")
    item["status"] = {"conditions": [ready], "nodeInfo": info}
    return item


def fitting(cluster: Cluster, pod: Object) -> list[Node]:
    """The nodes that a pod's node selector matches; of these only the one that the pod names, if it names one."""
    selector, named = (pod["spec"].get("nodeSelector") or {}).items(), pod["spec"].get("nodeName")
    found = [node for node in nodes(cluster) if node.labels.items() >= selector]
    return [node for node in found if named in (None, node.name)]


def unschedulable(cluster: Cluster) -> str:
    """The scheduler's message about a pod that fits no node."""
    count = len(nodes(cluster))
    return (
        f"0/{count} nodes are available: {count} node(s) didn't match Pod's node affinity/selector. preemption: "
        f"0/{count} nodes are available: {count} Preemption is not helpful for scheduling."
    )


def _of(cluster: Cluster, pool: NodePool) -> Iterator[Node]:
    gke_metadata = pool.mode == "GKE_METADATA" or cluster.autopilot
    group = _digest(f"{cluster.id}/{pool.name}/{pool.mode}", 8)
    zones = [cluster.location] if cluster.zonal else [f"{cluster.location}-{letter}" for letter in "abc"]
    for index in range(pool.nodes):
        prefix = "gk3" if cluster.autopilot else "gke"
        name = f"{prefix}-{cluster.name}-{pool.name}-{group}-{_digest(f'{group}{index}', 4)}"[-63:].lstrip("-")
        labels = {
            POOL: pool.name,
            "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            "node.kubernetes.io/instance-type": pool.machine_type,
            "topology.kubernetes.io/region": cluster.location if not cluster.zonal else cluster.location[:-2],
            "topology.kubernetes.io/zone": zones[index % len(zones)],
        }
        if gke_metadata:
            labels[METADATA_SERVER] = "true"
        yield Node(name, pool.name, labels, gke_metadata, cluster.node_account(pool))


def _digest(text: str, length: int) -> str:
    return sha256(text.encode()).hexdigest()[:length]
