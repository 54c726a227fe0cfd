"""Policies of Cilium and the metadata server, as Cilium documents what they mean."""

from typing import Any

import pytest

from wizard.modes.gke.live.cilium import UndecidedError, as_network_policies
from wizard.modes.gke.live.network_policy import blocking, blocking_names

Json = dict[str, Any]

LABELS = {"app": "scorer", "tier": "back"}
SERVER = ("169.254.169.254", 80)
SHUT: Json = {"metadata": {"name": "shut"}, "spec": {"podSelector": {}, "policyTypes": ["Egress"]}}
HTTP = [{"ports": [{"port": "80", "protocol": "TCP"}]}]
INSIDE = {"toEndpoints": [{}]}


def policy(selector: Json | None = None, **spec: Any) -> Json:
    return {"metadata": {"name": "clusterwide"}, "spec": {"endpointSelector": selector or {}, **spec}}


def blocked_by(*policies: Json, beside: tuple[Json, ...] = ()) -> list[str]:
    told = [each for one in policies for each in as_network_policies(one, "anti-fraud")]
    return blocking([*told, *beside], LABELS, *SERVER)


@pytest.mark.parametrize(
    "rule",
    [
        {"toCIDR": ["169.254.169.254/32"]},
        {"toCIDR": ["169.254.0.0/16"], "toPorts": HTTP},
        {"toCIDRSet": [{"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}]},
        {"toCIDRSet": [{"cidrGroupRef": "google"}]},
        {"toPorts": HTTP},
        {"toPorts": [{"ports": [{"port": "0", "protocol": "ANY"}]}]},
        {"toPorts": [{"ports": [{"port": "1", "endPort": 1024}]}]},
        {"toEntities": ["world"]},
        {"toEntities": ["host"]},  # some versions of Cilium match the metadata server
        {"toFQDNs": [{"matchName": "metadata.google.internal"}]},
        {"toServices": [{}]},
    ],
)
def test_what_a_rule_can_allow_is_not_blocked(rule: Json) -> None:
    assert blocked_by(policy(egress=[INSIDE, rule])) == []
    assert blocked_by(policy(egress=[rule], enableDefaultDeny={"egress": False}), beside=(SHUT,)) == []


@pytest.mark.parametrize(
    "rule",
    [
        {},
        INSIDE,
        {"toEntities": ["kube-apiserver"]},
        {"toCIDR": ["169.254.169.252/32"]},
        {"toCIDR": ["169.254.169.254/32"], "toPorts": [{"ports": [{"port": "988", "protocol": "TCP"}]}]},
        {"toCIDRSet": [{"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}]},
        {"toPorts": [{"ports": [{"port": "80", "protocol": "UDP"}]}]},
    ],
)
def test_what_no_rule_allows_is_blocked(rule: Json) -> None:
    assert blocked_by(policy(egress=[rule])) == ["clusterwide"]
    assert blocked_by(policy(egress=[rule], enableDefaultDeny={"egress": False})) == []


@pytest.mark.parametrize(
    ("rule", "denied"),
    [
        ({"toEntities": ["all"]}, True),
        ({"toCIDR": ["169.254.0.0/16"], "toPorts": HTTP}, True),
        ({"toPorts": HTTP}, True),
        ({}, False),
        ({"toEntities": ["world"]}, False),  # whether it has the metadata server is not known
        ({"toFQDNs": [{"matchName": "metadata.google.internal"}]}, False),
        ({"toCIDR": ["10.0.0.0/8"]}, False),
    ],
)
def test_what_is_certainly_denied_is_blocked_whatever_others_allow(rule: Json, denied: bool) -> None:
    open_ = {"metadata": {"name": "open"}, "spec": {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{}]}}
    assert blocked_by(policy(egressDeny=[rule]), beside=(open_,)) == (["clusterwide"] if denied else [])


@pytest.mark.parametrize(
    ("selector", "selects"),
    [
        ({"matchLabels": {"app": "scorer"}}, True),
        ({"matchLabels": {"k8s:app": "scorer", "any:tier": "back"}}, True),
        ({"matchLabels": {"app": "web"}}, False),
        ({"matchLabels": {"k8s:io.kubernetes.pod.namespace": "anti-fraud"}}, True),
        ({"matchExpressions": [{"key": "io.kubernetes.pod.namespace", "operator": "NotIn", "values": ["x"]}]}, True),
        ({"matchLabels": {"io.kubernetes.pod.namespace": "kube-system"}}, False),
    ],
)
def test_only_policies_that_select_the_pod_count(selector: Json, selects: bool) -> None:
    assert blocked_by(policy(selector, egress=[INSIDE])) == (["clusterwide"] if selects else [])


def test_a_selector_by_what_is_not_known_is_undecided() -> None:
    by_namespace = {"matchLabels": {"io.cilium.k8s.namespace.labels.team": "fraud"}}
    with pytest.raises(UndecidedError):
        blocked_by(policy(by_namespace, egress=[INSIDE]))


def test_policies_for_nodes_and_for_ingress_block_no_pod() -> None:
    nodes = {"metadata": {"name": "nodes"}, "spec": {"nodeSelector": {}, "egress": [INSIDE]}}
    assert blocked_by(nodes, policy(ingress=[{}])) == []
    several = {"metadata": {"name": "several"}, "specs": [{"endpointSelector": {}, "egress": [INSIDE]}]}
    assert blocked_by(several) == ["several"]


def test_names_are_blocked_by_what_denies_the_port_of_dns_everywhere() -> None:
    port = [{"ports": [{"port": "53", "protocol": "ANY"}]}]
    for rule, names in (({"toPorts": port}, ["clusterwide"]), ({"toCIDR": ["8.8.8.8/32"], "toPorts": port}, [])):
        told = list(as_network_policies(policy(egressDeny=[rule], enableDefaultDeny={"egress": False}), "anti-fraud"))
        assert blocking_names(told, LABELS) == names
