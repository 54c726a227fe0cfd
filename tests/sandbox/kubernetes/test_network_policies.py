"""Which network policies keep a pod from its metadata server."""

from typing import Any

import pytest

from tests.sandbox.kubernetes.world import Kube
from wizard.sandbox.kubernetes.network_policies import reaches_metadata_server

POLICIES = "/apis/networking.k8s.io/v1/namespaces/anti-fraud/networkpolicies"
POD = {"metadata": {"namespace": "anti-fraud", "labels": {"app": "scorer"}}}
HERE = {"ipBlock": {"cidr": "169.254.169.252/32"}}


@pytest.mark.parametrize(
    ("spec", "reaches"),
    [
        ({"policyTypes": ["Ingress"]}, True),
        ({"policyTypes": ["Egress"]}, False),
        ({"egress": []}, False),
        ({"podSelector": {"matchLabels": {"app": "other"}}, "policyTypes": ["Egress"]}, True),
        ({"podSelector": {"matchLabels": {"app": "scorer"}}, "policyTypes": ["Egress"]}, False),
        ({"podSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}, "egress": []}, False),
        ({"podSelector": {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["scorer"]}]}}, True),
        ({"egress": [{}]}, True),
        ({"egress": [{"to": [HERE]}]}, True),
        ({"egress": [{"to": [HERE], "ports": [{"port": 988}]}]}, True),
        ({"egress": [{"to": [HERE], "ports": [{"port": 900, "endPort": 1000}]}]}, True),
        ({"egress": [{"to": [HERE], "ports": [{"port": 80}]}]}, False),
        ({"egress": [{"to": [HERE], "ports": [{"port": 988, "protocol": "UDP"}]}]}, False),
        ({"egress": [{"ports": [{"port": 443}]}]}, False),
        ({"egress": [{"to": [{"namespaceSelector": {}}]}]}, False),
        ({"egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]}, True),
        ({"egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}}]}]}, False),
        ({"egress": [{"to": [{"ipBlock": {"cidr": "169.254.169.254/32"}}]}]}, False),
    ],
)
async def test_a_policy_lets_through_or_not(kube: Kube, spec: Any, reaches: bool) -> None:
    await kube.ok("POST", POLICIES, {"metadata": {"name": "one"}, "spec": spec})
    assert reaches_metadata_server(kube.api.state, POD) is reaches


async def test_one_policy_that_allows_is_enough(kube: Kube) -> None:
    for name, spec in (("deny", {"policyTypes": ["Egress"]}), ("allow", {"egress": [{"to": [HERE]}]})):
        await kube.ok("POST", POLICIES, {"metadata": {"name": name}, "spec": spec})
    assert reaches_metadata_server(kube.api.state, POD)


async def test_dataplane_v2_has_another_address(kube: Kube) -> None:
    kube.cluster.autopilot = True
    spec = {"egress": [{"to": [{"ipBlock": {"cidr": "169.254.169.254/32"}}], "ports": [{"port": 80}]}]}
    await kube.ok("POST", POLICIES, {"metadata": {"name": "one"}, "spec": spec})
    assert reaches_metadata_server(kube.api.state, POD)
