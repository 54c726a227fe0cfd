"""Whether the network policies of a namespace let a pod reach its metadata server.

Source: GKE documentation, "Authenticate to Google Cloud APIs from GKE workloads", "Network policies": the address is
169.254.169.252, port 988, and on clusters with Dataplane V2 (Autopilot has it) 169.254.169.254, port 80.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from .kinds import NETWORK_POLICY, Object
from .selectors import by_object, labels
from .state import KubernetesState

STANDARD = ("169.254.169.252", 988)
DATAPLANE_V2 = ("169.254.169.254", 80)


def reaches_metadata_server(state: KubernetesState, pod: Object) -> bool:
    """Whether a pod can reach its metadata server: no policy restricts its egress, or one allows this."""
    address, port = DATAPLANE_V2 if state.cluster.autopilot or state.cluster.dataplane_v2 else STANDARD
    policies = [each["spec"] for each in state.store.peek_all(NETWORK_POLICY, pod["metadata"]["namespace"])]
    restricting = [
        spec for spec in policies if _restricts_egress(spec) and by_object(spec.get("podSelector") or {}, labels(pod))
    ]
    return not restricting or any(
        _allows(rule, address, port) for spec in restricting for rule in spec.get("egress") or []
    )


def _restricts_egress(spec: Mapping[str, Any]) -> bool:
    return "Egress" in spec["policyTypes"] if spec.get("policyTypes") else "egress" in spec


def _allows(rule: Mapping[str, Any], address: str, port: int) -> bool:
    peers, ports = rule.get("to"), rule.get("ports")
    reachable = not peers or any(_contains(peer.get("ipBlock"), address) for peer in peers)
    return reachable and (not ports or any(_matches(each, port) for each in ports))


def _contains(block: Mapping[str, Any] | None, address: str) -> bool:
    """Pods and namespaces are never the metadata server: only an address block is."""
    if not block:
        return False
    host = ip_address(address)
    inside = host in ip_network(block["cidr"], strict=False)
    return inside and not any(host in ip_network(each, strict=False) for each in block.get("except") or [])


def _matches(entry: Mapping[str, Any], port: int) -> bool:
    if entry.get("protocol", "TCP") != "TCP":
        return False
    first = entry.get("port")
    return first is None or (isinstance(first, int) and first <= port <= entry.get("endPort", first))
