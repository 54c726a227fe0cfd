"""The first hops on GKE: the cluster and its node pools, from the Container API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wizard.chain.hop import Outcome, Refusal
from wizard.clouds import clusters
from wizard.language import _
from wizard.modes.gke.live import hops
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.reads import ClusterReads
from wizard.phrases import sentences

if TYPE_CHECKING:
    from wizard.modes.gke.live.placements import Placement

_USABLE = ("RUNNING", "RECONCILING", "DEGRADED")
"""States of a cluster and of a node pool in which pods run."""

_METADATA_SERVER = ("169.254.169.252", 988)
_DATAPLANE_V2 = ("169.254.169.254", 80)


@dataclass(frozen=True)
class ClusterFacts:
    """The facts about the cluster that later hops use. `found` is the answer of the Container API."""

    found: Mapping[str, Any] = field(default_factory=dict)

    @property
    def workload_pool(self) -> str:
        """The cluster's workload identity pool; empty if it has none."""
        return clusters.workload_pool(dict(self.found)) or ""

    @property
    def autopilot(self) -> bool:
        """Whether GKE manages the nodes."""
        return clusters.is_autopilot(dict(self.found))

    @property
    def metadata_address(self) -> tuple[str, int]:
        """The address and port of the metadata server that a NetworkPolicy must allow.

        Source: https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy#network-policy-and-workload-identity
        """
        return _DATAPLANE_V2 if self.dataplane_v2 else _METADATA_SERVER

    @property
    def dataplane_v2(self) -> bool:
        """Whether the cluster uses GKE Dataplane V2, as Autopilot always does."""
        provider = self.found.get("networkConfig", {}).get("datapathProvider")
        return self.autopilot or provider == "ADVANCED_DATAPATH"

    @property
    def enforces_policies(self) -> bool:
        """Whether the cluster enforces NetworkPolicies."""
        return self.dataplane_v2 or bool(self.found.get("networkPolicy", {}).get("enabled"))

    @property
    def clusterwide_policies(self) -> bool:
        """Whether the cluster enforces CiliumClusterwideNetworkPolicies too."""
        return bool(self.found.get("networkConfig", {}).get("enableCiliumClusterwideNetworkPolicy"))

    @property
    def name_policies(self) -> bool:
        """Whether the cluster enforces FQDNNetworkPolicies too, which allow hosts by name."""
        return bool(self.found.get("networkConfig", {}).get("enableFqdnNetworkPolicy"))


def cluster(test: GkeTest, reads: ClusterReads) -> tuple[Outcome, ClusterFacts]:
    """Check that the cluster exists, runs pods, and has a workload identity pool. Raises CloudError."""
    facts = ClusterFacts(reads.cluster())
    status, kind = str(facts.found.get("status", "RUNNING")), "Autopilot" if facts.autopilot else "Standard"
    evidence = [
        _("{cluster} in {location}: {status}, {kind}").format(
            cluster=test.cluster.cluster, location=test.cluster.location, status=status, kind=kind
        )
    ]
    message = facts.found.get("statusMessage")
    if message:
        evidence.append(str(message))
    fleet = str(facts.found.get("fleet", {}).get("project", ""))
    if fleet and fleet not in (test.cluster.project, test.project_number):
        evidence.append(
            _(
                "the cluster is in the fleet of project {fleet}, but its pods have identities in the pool of the "
                "cluster's project"
            ).format(fleet=fleet)
        )
    refusal = None
    if status not in _USABLE:
        refusal = Refusal("NotRunning", f"the cluster is {status}")
    elif not facts.workload_pool:
        refusal = Refusal("PoolOff", "the cluster has no workload identity pool")
    else:
        evidence.append(_("workload identity pool {pool}").format(pool=facts.workload_pool))
    received = {"status": status, "autopilot": facts.autopilot, "workloadPool": facts.workload_pool or None}
    return Outcome.of(hops.CLUSTER, evidence, refusal, {"name": test.cluster.name}, received), facts


def node_pools(test: GkeTest, facts: ClusterFacts, placements: Sequence[Placement] = ()) -> Outcome:
    """Check that the workload's node pools run the GKE metadata server: those of the setup, and those of its pods."""
    if facts.autopilot:
        reason = _("Autopilot: every node has the GKE metadata server")
        return Outcome(hops.NODE_POOLS, "skipped", (reason,), reason)
    pools = {str(pool["name"]): pool for pool in facts.found.get("nodePools", ())}
    wanted = test.node_pools or tuple(pools)
    modes = {name: clusters.metadata_mode(dict(pool)) or _("not set") for name, pool in pools.items()}
    used = {pool for placement in placements for pool in placement.pools if placement.users}
    evidence = [_described(name, modes[name], name in wanted, not used or name in used) for name in sorted(pools)]
    evidence.extend(_unusual(pools))
    evidence.extend(placement.title for placement in placements if placement.users and placement.pools)
    refusal = _refusal(pools, wanted, modes) or _on_windows(placements, pools) or _placed_off(placements, modes)
    return Outcome.of(hops.NODE_POOLS, evidence, refusal, {"node_pools": list(wanted)}, {"modes": modes})


def _refusal(pools: Mapping[str, Any], wanted: Sequence[str], modes: Mapping[str, str]) -> Refusal | None:
    """Return what is wrong with the node pools of the setup; None if nothing is."""
    missing = [name for name in wanted if name not in pools]
    off = [name for name in wanted if name in pools and modes[name] != clusters.WITH_POOL]
    if missing:
        return Refusal("NoSuchNodePool", ", ".join(missing))
    if not wanted:
        return Refusal("NoNodePool", "the cluster has no node pool")
    return Refusal("GceMetadata", ", ".join(off)) if off else None


def _on_windows(placements: Sequence[Placement], pools: Mapping[str, Any]) -> Refusal | None:
    """Return which of the workload's pods stand or can stand on Windows, where GKE has no metadata server."""
    windows = {name for name, pool in pools.items() if clusters.is_windows(dict(pool))}
    there = [
        replace(placement, pools=tuple(pool for pool in placement.pools if pool in windows)).title
        for placement in placements
        if placement.users and windows.intersection(placement.pools)
    ]
    return Refusal("OnWindows", sentences(there)) if there else None


def _placed_off(placements: Sequence[Placement], modes: Mapping[str, str]) -> Refusal | None:
    """Return which of the workload's pods stand or can stand on node pools without the metadata server."""
    off = []
    for placement in placements:
        pools = [pool for pool in placement.pools if placement.users and modes.get(pool) != clusters.WITH_POOL]
        if pools:
            off.append(replace(placement, pools=tuple(pools)).title)
    return Refusal("PlacedOff", sentences(off)) if off else None


def _described(name: str, mode: str, wanted: bool, possible: bool) -> str:
    """Return a line about a node pool. `possible`: whether the workload's pods can be scheduled there."""
    if mode == clusters.WITH_POOL:
        return _("node pool {name}: {mode}").format(name=name, mode=mode)
    if wanted:
        return _("node pool {name}: {mode}; pods on this node pool act as the nodes' service account").format(
            name=name, mode=mode
        )
    if possible:
        return _(
            "node pool {name}: {mode}; pods on this node pool act as the nodes' service account (the "
            "setup does not name this node pool, but pods can run on this node pool)"
        ).format(name=name, mode=mode)
    return _("node pool {name}: {mode}; none of the workload's pods can be scheduled on this node pool").format(
        name=name, mode=mode
    )


def _unusual(pools: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each node pool that is not running."""
    statuses = {name: str(pool.get("status", "RUNNING")) for name, pool in pools.items()}
    return [
        _("node pool {name} is {status}").format(name=name, status=status)
        for name, status in statuses.items()
        if status != "RUNNING"
    ]
