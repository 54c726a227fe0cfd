"""Where the pods of a workload stand or can stand: one placement for each way in which its controllers select nodes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.clouds import clusters
from wizard.clouds.errors import CloudError
from wizard.federation.gke import NODE_SELECTOR
from wizard.language import _
from wizard.modes.gke.live.cluster import ClusterFacts
from wizard.modes.gke.live.node_fit import POOL_LABEL, Place, fits, new_nodes_of, nodes_of
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.live.users import User, Users

_FIELDS = ("nodeSelector", "tolerations", "nodeName", "runtimeClassName")
"""What of a pod spec selects nodes, beside its affinity to nodes."""


@dataclass(frozen=True)
class Placement:
    """The parts of a pod spec that select nodes, and who runs pods like that.

    `pools` are the node pools on which these pods stand or can stand. `has_node` says whether there is a node for them,
    or the cluster would create one. Without users it is the placement that the setup's node pools give.
    """

    spec: Mapping[str, Any]
    users: tuple[User, ...] = ()
    pools: tuple[str, ...] = ()
    has_node: bool = True

    @property
    def title(self) -> str:
        """The pods and their node pools: `pods of ledger on batch-pool`. Empty without users."""
        if not self.users:
            return ""
        names = ", ".join(dict.fromkeys(user.name for user in self.users))
        pools = ", ".join(self.pools)
        return (
            _("pods of {names} on {pools}").format(names=names, pools=pools)
            if pools
            else _("pods of {names}").format(names=names)
        )


@dataclass(frozen=True)
class NodeMap:
    """The nodes of a cluster, and those that its node pools would create. `unread` says why nodes are not known."""

    nodes: tuple[Place, ...]
    new_nodes: tuple[Place, ...]
    growing: frozenset[str]
    """The node pools that can create nodes when pods need them."""
    creates_pools: bool = False
    unread: str = ""

    def pools_of(self, names: tuple[str, ...]) -> list[str]:
        """Return the node pools of nodes by name."""
        by_name = {place.name: place.pool for place in self.nodes}
        return [by_name[name] for name in names if name in by_name]

    def where(self, spec: Mapping[str, Any]) -> tuple[list[str], bool]:
        """Return the node pools on which pods with this spec can stand, and whether there is a node for them."""
        there = [place.pool for place in self.nodes if fits(place, spec)]
        possible = [place.pool for place in self.new_nodes if fits(place, spec)]
        there += [pool for pool in possible if pool in self.growing]
        exists = bool(there) or self.creates_pools or bool(self.unread)
        return there or possible, exists


def node_map(reads: ClusterReads, facts: ClusterFacts) -> NodeMap:
    """Return the nodes of a cluster. If they cannot be read, those that its node pools would create."""
    pools = [dict(pool) for pool in facts.found.get("nodePools", ())]
    new_nodes = [place for pool in pools for place in new_nodes_of(pool, reads.name.location)]
    growing = {str(pool["name"]) for pool in pools if pool.get("autoscaling", {}).get("enabled")}
    provisions = bool(facts.found.get("autoscaling", {}).get("enableNodeAutoprovisioning"))
    try:
        nodes = nodes_of(reads.nodes())
    except CloudError as error:
        every = frozenset(str(pool["name"]) for pool in pools)
        return NodeMap(
            (),
            tuple(new_nodes),
            every,
            provisions,
            _("the wizard could not read the nodes: {message}").format(message=error.message),
        )
    return NodeMap(tuple(nodes), tuple(new_nodes), frozenset(growing), provisions)


def find_placements(reads: ClusterReads, facts: ClusterFacts, users: Users, wanted: tuple[str, ...]) -> list[Placement]:
    """Return the placements of the users, or the one of the node pools `wanted` if there are none."""
    nodes = reads.shared.once("nodes", lambda: node_map(reads, facts))
    own = [user for user in users.found if not user.host_network]
    if not own:
        return [] if users.found else [_default(facts, nodes, wanted)]
    groups: dict[str, list[User]] = {}
    for user in own:
        groups.setdefault(json.dumps(selection(user.spec), sort_keys=True), []).append(user)
    return [_placement(reads, facts, nodes, tuple(group)) for group in groups.values()]


def selection(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a pod spec that select nodes."""
    found = {name: spec[name] for name in _FIELDS if spec.get(name)}
    affinity = (spec.get("affinity") or {}).get("nodeAffinity")
    if "tolerations" in found:
        found["tolerations"] = sorted(found["tolerations"], key=lambda each: json.dumps(each, sort_keys=True))
    return {**found, "affinity": {"nodeAffinity": affinity}} if affinity else found


def _placement(reads: ClusterReads, facts: ClusterFacts, nodes: NodeMap, users: tuple[User, ...]) -> Placement:
    spec = selection(users[0].spec)
    if facts.autopilot:  # every node has the metadata server, and GKE creates nodes for any pod
        return Placement(spec, users)
    possible, exists = nodes.where(_with_runtime_class(reads, spec))
    standing = [pool for user in users for pool in nodes.pools_of(user.nodes)]
    pools = tuple(sorted({*possible, *standing} - {""}))
    return Placement(spec, users, pools, exists)


def _with_runtime_class(reads: ClusterReads, spec: dict[str, Any]) -> dict[str, Any]:
    """Return the spec with what its RuntimeClass adds, as far as that can be read."""
    from lightkube.resources.node_v1 import RuntimeClass

    name = spec.get("runtimeClassName")
    if not name:
        return spec
    try:
        found = reads.shared.once(("runtime class", name), lambda: reads.kubernetes.get(RuntimeClass, name).to_dict())
    except CloudError:
        return spec
    adds = found.get("scheduling") or {}
    selector = {**(spec.get("nodeSelector") or {}), **(adds.get("nodeSelector") or {})}
    tolerations = [*(spec.get("tolerations") or ()), *(adds.get("tolerations") or ())]
    return {**spec, "nodeSelector": selector, "tolerations": tolerations}


def _default(facts: ClusterFacts, nodes: NodeMap, wanted: tuple[str, ...]) -> Placement:
    """Return the placement on the node pools of the setup that run the metadata server, whatever taints they have."""
    if facts.autopilot:
        return Placement({})
    pools = [dict(pool) for pool in facts.found.get("nodePools", ()) if not wanted or pool["name"] in wanted]
    names = {str(pool["name"]) for pool in pools if clusters.metadata_mode(pool) == clusters.WITH_POOL}
    taints = [
        taint
        for place in (*nodes.nodes, *nodes.new_nodes)
        if place.pool in names
        for taint in place.taints
        if not str(taint["key"]).startswith("node.kubernetes.io/")
    ]
    spec: dict[str, Any] = {"nodeSelector": dict(NODE_SELECTOR)}
    if wanted:
        requirement = {"key": POOL_LABEL, "operator": "In", "values": sorted(wanted)}
        terms = {"nodeSelectorTerms": [{"matchExpressions": [requirement]}]}
        spec["affinity"] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    if taints:
        spec["tolerations"] = [_tolerating(key) for key in sorted({str(taint["key"]) for taint in taints})]
    return Placement(spec)


def _tolerating(key: str) -> dict[str, str]:
    return {"key": key, "operator": "Exists"}
