"""On which nodes pods can run: as the scheduler decides it."""

from typing import Any

import pytest

from wizard.federation.gke import ClusterName
from wizard.modes.gke.live.cluster import ClusterFacts, node_pools
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.node_fit import Place, fits, new_nodes_of, nodes_of
from wizard.modes.gke.live.placements import Placement
from wizard.modes.gke.live.users import User

LABELS = {"cloud.google.com/gke-nodepool": "batch-pool", "disk": "ssd", "cores": "8"}
BATCH = Place("batch-pool", "node-1", LABELS, ({"key": "dedicated", "value": "batch", "effect": "NoSchedule"},))
PLAIN = Place("default-pool", "node-2", {"cloud.google.com/gke-nodepool": "default-pool"}, ())
TOLERATES = [{"key": "dedicated", "operator": "Equal", "value": "batch", "effect": "NoSchedule"}]


def affinity(*expressions: dict[str, Any], fields: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    terms = [{"matchExpressions": list(expressions), "matchFields": list(fields)}]
    required = {"nodeSelectorTerms": terms}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}}


def needs(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, False),
        ({"tolerations": TOLERATES}, True),
        ({"tolerations": [{"operator": "Exists"}]}, True),
        ({"tolerations": [{"key": "dedicated", "operator": "Exists"}]}, True),
        ({"tolerations": [{"key": "dedicated", "value": "other"}]}, False),
        ({"tolerations": [{"key": "dedicated", "value": "batch", "effect": "NoExecute"}]}, False),
        ({"nodeName": "node-1"}, True),
        ({"nodeName": "node-9"}, False),
        ({"tolerations": TOLERATES, "nodeSelector": {"disk": "ssd"}}, True),
        ({"tolerations": TOLERATES, "nodeSelector": {"disk": "hdd"}}, False),
        ({"tolerations": TOLERATES, **affinity(needs("disk", "In", "ssd", "nvme"))}, True),
        ({"tolerations": TOLERATES, **affinity(needs("disk", "NotIn", "ssd"))}, False),
        ({"tolerations": TOLERATES, **affinity(needs("gpu", "DoesNotExist"))}, True),
        ({"tolerations": TOLERATES, **affinity(needs("cores", "Gt", "4"))}, True),
        ({"tolerations": TOLERATES, **affinity(needs("cores", "Lt", "4"))}, False),
        ({"tolerations": TOLERATES, **affinity(fields=(needs("metadata.name", "In", "node-1"),))}, True),
        ({"tolerations": TOLERATES, **affinity(fields=(needs("metadata.name", "In", "node-2"),))}, False),
    ],
)
def test_a_tainted_node_takes_what_tolerates_and_selects_it(spec: dict[str, Any], expected: bool):
    assert fits(BATCH, spec) is expected


def test_a_preference_keeps_nothing_away():
    soft = Place("p", "n", {}, ({"key": "a", "effect": "PreferNoSchedule"},))
    assert fits(soft, {}) and fits(PLAIN, {})
    assert fits(PLAIN, {"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}})


def test_pods_on_windows_are_not_told_to_add_a_node_pool_that_plan_refuses():
    images = {"win-pool": "WINDOWS_LTSC_CONTAINERD", "old-pool": "COS_CONTAINERD"}
    pools = [{"name": name, "config": {"imageType": image}} for name, image in images.items()]
    pools.append({"name": "new-pool", "config": {"workloadMetadataConfig": {"mode": "GKE_METADATA"}}})
    cluster = ClusterName("acme-payments", "asia-northeast1", "payments")
    test = GkeTest(cluster, "210987654321", "ns", "app", None, node_pools=("new-pool",))
    there = Placement({}, (User("Deployment", "app", {}, {}),), ("win-pool", "old-pool"))
    refusal = node_pools(test, ClusterFacts({"nodePools": pools}), [there]).refusal
    assert refusal and refusal.code == "OnWindows"
    assert "win-pool" in refusal.message and "old-pool" not in refusal.message


def test_a_cordoned_node_takes_no_new_pods():
    [node] = nodes_of([{"metadata": {"name": "n", "labels": {}}, "spec": {"unschedulable": True}}])
    assert not fits(node, {})
    [node] = nodes_of([{"metadata": {"name": "n", "labels": {}}, "spec": {}}])
    assert fits(node, {})


def test_a_node_pool_without_nodes_says_what_it_would_create():
    pool = {
        "name": "batch-pool",
        "locations": ["asia-northeast1-a", "asia-northeast1-b"],
        "config": {
            "machineType": "e2-standard-4",
            "labels": {"disk": "ssd"},
            "taints": [{"key": "dedicated", "value": "batch", "effect": "NO_SCHEDULE"}],
            "workloadMetadataConfig": {"mode": "GKE_METADATA"},
        },
    }
    places = list(new_nodes_of(pool, "asia-northeast1"))
    assert [place.labels["topology.kubernetes.io/zone"] for place in places] == pool["locations"]
    wanted = {"disk": "ssd", "iam.gke.io/gke-metadata-server-enabled": "true", "kubernetes.io/os": "linux"}
    assert fits(places[0], {"nodeSelector": wanted, "tolerations": TOLERATES})
    assert not fits(places[0], {"nodeSelector": wanted})
    windows = {**pool, "config": {"imageType": "WINDOWS_LTSC_CONTAINERD"}}
    assert not fits(next(new_nodes_of(windows, "asia-northeast1")), {"nodeSelector": {"kubernetes.io/os": "linux"}})
