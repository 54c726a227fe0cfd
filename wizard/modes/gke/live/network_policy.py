"""Whether NetworkPolicies keep a pod from an address: what Kubernetes would make of them, computed here.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

_Object = Mapping[str, Any]


def blocking(policies: Sequence[_Object], labels: Mapping[str, str], address: str, port: int) -> list[str]:
    """The names of the policies that keep pods with these labels from a TCP port of an address; empty when none do.

    Policies only ever allow: a pod that one of them selects for egress gets what any of those allows, and no more.
    """
    selecting = [each for each in policies if _is_for_egress(each["spec"]) and _selects(each["spec"], labels)]
    if any(_allows(rule, address, port) for each in selecting for rule in each["spec"].get("egress") or ()):
        return []
    return [str(each["metadata"]["name"]) for each in selecting]


def _is_for_egress(spec: _Object) -> bool:
    types = spec.get("policyTypes")
    return "Egress" in types if types else bool(spec.get("egress"))


def _selects(spec: _Object, labels: Mapping[str, str]) -> bool:
    selector = spec.get("podSelector") or {}
    equal = all(labels.get(name) == value for name, value in (selector.get("matchLabels") or {}).items())
    return equal and all(_matches(each, labels) for each in selector.get("matchExpressions") or ())


def _matches(expression: _Object, labels: Mapping[str, str]) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values") or ()
    return {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }.get(expression["operator"], False)


def _allows(rule: _Object, address: str, port: int) -> bool:
    """A rule without peers is for every address, one without ports for every port."""
    peers, ports = rule.get("to") or (), rule.get("ports") or ()
    there = not peers or any(_holds(peer.get("ipBlock"), address) for peer in peers)
    return there and (not ports or any(_is(each, port) for each in ports))


def _holds(block: _Object | None, address: str) -> bool:
    """Peers that are chosen by labels are pods, and the metadata server is none."""
    if not block:
        return False
    found = ipaddress.ip_address(address)
    return found in _network(block["cidr"]) and not any(found in _network(each) for each in block.get("except") or ())


def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(cidr, strict=False)


def _is(allowed: _Object, port: int) -> bool:
    first = allowed.get("port")
    if allowed.get("protocol") not in (None, "TCP"):
        return False
    if not isinstance(first, int):
        return first is None  # a name is one of the pod's own ports
    return first <= port <= (allowed.get("endPort") or first)
