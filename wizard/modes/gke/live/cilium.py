"""Policies of Cilium, which GKE Dataplane V2 can enforce for the whole cluster, as NetworkPolicies say the same.

What a policy can allow counts as allowed, and only what it certainly denies counts as denied, so that "blocked" is
certain.
Source: https://docs.cilium.io/en/stable/security/policy/language/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from wizard.modes.gke.live.label_selector import keys, matches

Json = Mapping[str, Any]

_NAMESPACE = "io.kubernetes.pod.namespace"
_NOT_THE_SERVER = {"kube-apiserver", "health", "ingress", "none"}
"""Entities of which the metadata server and the DNS of the cluster are none."""
_ANY = ("TCP", "UDP")


class UndecidedError(ValueError):
    """A policy selects pods by something that is not known here."""


@cache
def kind() -> Any:
    """Return the kind of policies of the whole cluster."""
    from lightkube.generic_resource import create_global_resource

    name = "CiliumClusterwideNetworkPolicy"
    return create_global_resource("cilium.io", "v2", name, "ciliumclusterwidenetworkpolicies")


def as_network_policies(policy: Json, namespace: str) -> Iterator[dict[str, Any]]:
    """Yield what a policy says about pods in a namespace, as NetworkPolicies. Raises UndecidedError.

    Their specs also have `deny`, rules that come before all that allow, and `defaultDeny`, whether the policy denies
    what no policy allows.
    """
    for spec in (policy.get("spec"), *(policy.get("specs") or ())):
        if not spec or spec.get("endpointSelector") is None:  # a policy for nodes
            continue
        selector = _selector(spec["endpointSelector"], namespace)
        allow, deny = spec.get("egress") or (), spec.get("egressDeny") or ()
        default = (spec.get("enableDefaultDeny") or {}).get("egress")
        if selector is not None and (allow or deny):
            yield {
                "metadata": policy["metadata"],
                "spec": {
                    "podSelector": selector,
                    "policyTypes": ["Egress"],
                    "egress": [each for rule in allow for each in _rules(rule, certain=False)],
                    "deny": [each for rule in deny for each in _rules(rule, certain=True)],
                    "defaultDeny": True if default is None else default,
                },
            }


def _selector(selector: Json, namespace: str) -> Json | None:
    """Return the part of a selector that is about the pod's own labels; None if it selects no pod of the namespace."""
    labels: Mapping[str, str] = selector.get("matchLabels") or {}
    wanted = [{"key": key, "operator": "In", "values": [value]} for key, value in labels.items()]
    expressions = [{**each, "key": _bare(each["key"])} for each in [*wanted, *(selector.get("matchExpressions") or ())]]
    about_namespace = [each for each in expressions if each["key"] == _NAMESPACE]
    if not all(matches(each, {_NAMESPACE: namespace}) for each in about_namespace):
        return None
    own = {"matchExpressions": [each for each in expressions if each["key"] != _NAMESPACE]}
    if any(key.startswith(("io.cilium.", "reserved:")) for key in keys(own)):
        raise UndecidedError
    return own


def _bare(key: str) -> str:
    """Return a label's key without the source that Cilium's policies can name in front of it."""
    return key.removeprefix("k8s:").removeprefix("any:")


def _rules(rule: Json, *, certain: bool) -> Iterator[Json]:
    """Yield a rule for egress as NetworkPolicies have it; nothing for one that has no effect, or none for certain."""
    peers_of = {key: value for key, value in rule.items() if key.startswith("to") and key != "toPorts"}
    ports = [each for entry in rule.get("toPorts") or () for each in _ports(entry)]
    if not peers_of:
        if ports:  # an empty rule allows nothing
            yield {"ports": ports}
        return
    peers: list[Json] = []
    for key, values in peers_of.items():
        found = _peers(key, values or ())
        if found is None and not certain:
            yield {"ports": ports}
            return
        if found is None and key == "toEntities" and "all" in values:
            yield {"ports": ports}
            return
        peers += found or ()
    if peers:
        yield {"to": peers, "ports": ports}


def _peers(key: str, values: Any) -> list[Json] | None:
    """Return the peers of a rule; None if they can be anything."""
    if key == "toCIDR":
        return [{"ipBlock": {"cidr": cidr}} for cidr in values]
    if key == "toCIDRSet" and all("cidr" in each for each in values):
        return [{"ipBlock": {"cidr": each["cidr"], "except": each.get("except") or []}} for each in values]
    if key == "toEndpoints":
        return [{"podSelector": {}}] * len(values)
    if key == "toEntities" and set(values) <= _NOT_THE_SERVER:
        return []
    return None


def _ports(entry: Json) -> Iterator[Json]:
    """Yield the ports of a rule as NetworkPolicies have them: 0 is any port, and no protocol means any protocol."""
    listed: Sequence[Json] = entry.get("ports") or ({},)
    for each in listed:
        number, protocol = str(each.get("port", "0")), str(each.get("protocol", "ANY"))
        port = {"port": int(number) if number.isdigit() else number} if number != "0" else {}
        end = {"endPort": each["endPort"]} if each.get("endPort") else {}
        for name in _ANY if protocol == "ANY" else (protocol,):
            yield {"protocol": name, **port, **end}
