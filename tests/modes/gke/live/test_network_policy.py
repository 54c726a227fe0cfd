"""NetworkPolicies and the metadata server, as Kubernetes documents what they mean."""

from typing import Any

import pytest

from wizard.modes.gke.live.network_policy import blocking, blocking_names

LABELS = {"app": "scorer", "tier": "back"}
SERVER = ("169.254.169.252", 988)


def policy(name: str, egress: list[dict[str, Any]] | None = None, **spec: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"podSelector": {}, "policyTypes": ["Egress"]}
    return {"metadata": {"name": name}, "spec": {**base, **({} if egress is None else {"egress": egress}), **spec}}


def to(cidr: str, *ports: dict[str, Any], **block: Any) -> dict[str, Any]:
    return {"to": [{"ipBlock": {"cidr": cidr, **block}}], **({"ports": list(ports)} if ports else {})}


SHUT = policy("shut")

ALLOWING = [
    {},
    {"ports": [{"port": 988}]},
    to("169.254.169.252/32", {"protocol": "TCP", "port": 988}),
    to("169.254.0.0/16"),
    to("0.0.0.0/0", {"port": 900, "endPort": 1000}),
    to("0.0.0.0/0", {"protocol": "TCP"}),
]
NOT_ALLOWING = [
    to("169.254.169.254/32", {"port": 80}),
    to("169.254.169.252/32", {"port": 80}),
    to("169.254.169.252/32", {"protocol": "UDP", "port": 988}),
    to("169.254.169.252/32", {"port": "metadata"}),
    to("0.0.0.0/0", **{"except": ["169.254.0.0/16"]}),
    to("::/0"),
    {"to": [{"namespaceSelector": {}}]},
    {"to": [{"podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}], "ports": [{"port": 53}]},
]


def test_no_policy_blocks_nothing():
    assert blocking([], LABELS, *SERVER) == []
    assert blocking([policy("in", policyTypes=["Ingress"])], LABELS, *SERVER) == []


def test_a_policy_without_rules_blocks_everything():
    assert blocking([SHUT], LABELS, *SERVER) == ["shut"]
    assert blocking([policy("shut", [])], LABELS, *SERVER) == ["shut"]


@pytest.mark.parametrize("rule", ALLOWING)
def test_one_rule_that_allows_is_enough(rule: dict[str, Any]):
    assert blocking([SHUT, policy("open", [rule])], LABELS, *SERVER) == []


@pytest.mark.parametrize("rule", NOT_ALLOWING)
def test_other_rules_do_not_help(rule: dict[str, Any]):
    assert blocking([SHUT, policy("other", [rule])], LABELS, *SERVER) == ["shut", "other"]


@pytest.mark.parametrize(
    ("selector", "selects"),
    [
        ({"matchLabels": {"app": "scorer"}}, True),
        ({"matchLabels": {"app": "scorer", "tier": "front"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["scorer", "loader"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["scorer"]}]}, False),
        ({"matchExpressions": [{"key": "zone", "operator": "NotIn", "values": ["a"]}]}, True),
        ({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}, False),
    ],
)
def test_only_policies_that_select_the_pod_count(selector: dict[str, Any], selects: bool):
    assert blocking([policy("some", podSelector=selector)], LABELS, *SERVER) == (["some"] if selects else [])


def test_without_policy_types_egress_rules_make_it_one_for_egress():
    rules = [to("10.0.0.0/8")]
    bare = {"metadata": {"name": "bare"}, "spec": {"podSelector": {}, "egress": rules}}
    assert blocking([bare], LABELS, *SERVER) == ["bare"]


@pytest.mark.parametrize(
    "rule",
    [{}, {"ports": [{"port": 53, "protocol": "UDP"}]}, {"ports": [{"port": 53}]}, to("10.8.0.10/32"), {"to": []}],
)
def test_names_can_be_resolved_where_a_rule_allows_the_port_of_dns(rule: dict[str, Any]) -> None:
    assert blocking_names([SHUT, policy("open", [rule])], LABELS) == []


@pytest.mark.parametrize("ports", [[{"port": 443}], [{"port": 988}, {"port": 80}], [{"port": 53, "protocol": "SCTP"}]])
def test_no_name_is_resolved_where_no_rule_allows_the_port_of_dns(ports: list[dict[str, Any]]) -> None:
    assert blocking_names([policy("https-only", [{"ports": ports}])], LABELS) == ["https-only"]


def test_policies_for_other_pods_do_not_block_names() -> None:
    others = policy("others", [], podSelector={"matchLabels": {"app": "web"}})
    assert blocking_names([others], LABELS) == []
