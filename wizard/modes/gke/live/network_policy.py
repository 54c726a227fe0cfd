"""Compute whether NetworkPolicies block a pod from an address, as Kubernetes does.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

import ipaddress
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from wizard.modes.gke.live.label_selector import selects

_Object = Mapping[str, Any]

_Applies = Callable[[_Object], bool]

_DNS = 53


def blocking(policies: Sequence[_Object], labels: Mapping[str, str], address: str, port: int) -> list[str]:
    """Return the names of the policies that block pods with these labels from a TCP port of an address.

    Policies only allow traffic: a pod that they select for egress can send what any of them allows, and nothing else.
    """

    def applies(rule: _Object) -> bool:
        return _allows(rule, address, port)

    return _names_unless(policies, labels, applies, applies)


def blocking_names(policies: Sequence[_Object], labels: Mapping[str, str]) -> list[str]:
    """Return the names of the policies that block pods with these labels from every DNS server: port 53 is not allowed.

    A policy that allows the port counts as one that allows the right server, whose address is not known here.
    """
    return _names_unless(policies, labels, _allows_dns, lambda rule: not rule.get("to") and _allows_dns(rule))


def _names_unless(
    policies: Sequence[_Object], labels: Mapping[str, str], allows: _Applies, denies: _Applies
) -> list[str]:
    """Return the names of the policies that restrict what these pods send, unless a rule of one allows it.

    Policies of Cilium also have rules that deny, whatever others allow, and need not deny what no rule allows.
    """
    selecting = [policy for policy in for_egress(policies) if selects(policy["spec"].get("podSelector"), labels)]
    denying = [policy for policy in selecting if any(map(denies, policy["spec"].get("deny") or ()))]
    rules = [rule for policy in selecting for rule in policy["spec"].get("egress") or ()]
    if not denying and any(map(allows, rules)):
        return []
    restricting = [policy for policy in selecting if policy["spec"].get("defaultDeny", True)]
    return [str(policy["metadata"]["name"]) for policy in denying or restricting]


def _allows_dns(rule: _Object) -> bool:
    """Return whether a rule allows the port of DNS servers, to whichever address."""
    ports = rule.get("ports") or ()
    return not ports or any(_allows_port(allowed, _DNS, ("UDP", "TCP")) for allowed in ports)


def for_egress(policies: Sequence[_Object]) -> list[_Object]:
    """Return the policies that restrict what pods send."""
    return [policy for policy in policies if _is_for_egress(policy["spec"])]


def _is_for_egress(spec: _Object) -> bool:
    types = spec.get("policyTypes")
    return "Egress" in types if types else bool(spec.get("egress"))


def _allows(rule: _Object, address: str, port: int) -> bool:
    """Return whether a rule allows a port. Without peers it applies to all addresses, without ports to all ports."""
    peers, ports = rule.get("to") or (), rule.get("ports") or ()
    allows_address = not peers or any(_contains(peer.get("ipBlock"), address) for peer in peers)
    return allows_address and (not ports or any(_allows_port(allowed, port) for allowed in ports))


def _contains(block: _Object | None, address: str) -> bool:
    """Return whether an IP block has the address. Peers without a block are pods, which the metadata server is not."""
    if not block:
        return False
    ip = ipaddress.ip_address(address)
    excepted = [_network(cidr) for cidr in block.get("except") or ()]
    return ip in _network(block["cidr"]) and not any(ip in network for network in excepted)


def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(cidr, strict=False)


def _allows_port(allowed: _Object, port: int, protocols: Collection[str] = ("TCP",)) -> bool:
    first = allowed.get("port")
    if (allowed.get("protocol") or "TCP") not in protocols:
        return False
    if not isinstance(first, int):
        return first is None  # a name is one of the pod's own ports
    return first <= port <= (allowed.get("endPort") or first)
