"""Node pools come, change and go."""

from typing import Any

import pytest

from tests.sandbox.google.gke import NUMBER, PAYMENTS, POOL, PROJECT, Gke, wanted_mode
from wizard.sandbox.model.world import Settings

POOLS = f"{PAYMENTS}/nodePools"
SAMPLE = f"{POOLS}/sample"
WANTED: dict[str, Any] = {
    "autoscaling": {"enabled": True, "maxNodeCount": 3, "minNodeCount": 1, "totalMaxNodeCount": 0},
    "config": {
        "loggingConfig": {"variantConfig": {"variant": "DEFAULT"}},
        "taints": [{"effect": "NO_SCHEDULE", "key": "original", "value": "one"}],
    },
    "name": "sample",
    "networkConfig": {},
}
"""What Config Connector asked a real cluster for."""


async def create(gke: Gke, **fields: Any) -> Any:
    return await gke.ok("POST", POOLS, {"nodePool": {**WANTED, **fields}})


async def operation(gke: Gke, started: Any) -> Any:
    return await gke.ok("GET", f"{PAYMENTS.rpartition('/clusters/')[0]}/operations/{started['name']}")


async def test_a_created_pool_reads_as_a_recorded_one(gke: Gke) -> None:
    started = await create(gke)
    pool = await gke.ok("GET", SAMPLE)

    link = f"https://container.googleapis.com/v1/projects/{NUMBER}/locations/asia-northeast1"
    assert (started["operationType"], started["status"], started["targetLink"]) == (
        *("CREATE_NODE_POOL", "PENDING", f"{link}/clusters/payments/nodePools/sample"),
    )
    assert "progress" not in await operation(gke, started)
    assert pool["autoscaling"] == {
        "enabled": True,
        "minNodeCount": 1,
        "maxNodeCount": 3,
        "locationPolicy": "BALANCED",
    }
    assert pool["config"]["taints"] == [{"key": "original", "value": "one", "effect": "NO_SCHEDULE"}]
    assert pool["config"]["loggingConfig"] == {"variantConfig": {"variant": "DEFAULT"}}
    assert (pool["status"], "initialNodeCount" in pool, "workloadMetadataConfig" in pool["config"]) == (
        *("RUNNING", False, False),
    )


async def test_taints_are_changed_by_an_upgrade_of_the_nodes(gke: Gke) -> None:
    await create(gke)
    taint = {"effect": "NO_EXECUTE", "key": "new", "value": "two"}
    started = await gke.ok("PUT", SAMPLE, {"name": "sample", "taints": {"taints": [taint]}})

    assert (started["operationType"], started["status"]) == ("UPGRADE_NODES", "PENDING")
    assert (await operation(gke, started))["progress"] == {"metrics": [{"name": "NODES_TOTAL", "intValue": "0"}]}
    assert (await gke.ok("GET", SAMPLE))["config"]["taints"] == [taint]
    assert gke.payments.node_pools["sample"].taints == [{"key": "new", "value": "two", "effect": "NoExecute"}]


async def test_autoscaling_is_an_update_of_the_cluster_about_the_pool(gke: Gke) -> None:
    await create(gke)
    autoscaling = {"enabled": True, "locationPolicy": "ANY", "maxNodeCount": 5, "minNodeCount": 1}
    update = {"desiredNodePoolAutoscaling": autoscaling, "desiredNodePoolId": "sample"}
    started = await gke.ok("PUT", PAYMENTS, {"update": update})

    assert (started["operationType"], started["status"]) == ("UPDATE_CLUSTER", "PENDING")
    assert started["targetLink"].endswith("/nodePools/sample")
    assert (await gke.ok("GET", SAMPLE))["autoscaling"] == autoscaling
    none = {"update": {**update, "desiredNodePoolId": "none"}}
    assert (await gke.refused("PUT", PAYMENTS, none))[2] == 'Not found: node pool "none" not found.'


async def test_a_size_counts_the_nodes_of_one_zone(gke: Gke) -> None:
    await create(gke, initialNodeCount=1)
    assert (await gke.ok("GET", PAYMENTS))["currentNodeCount"] == 3 + 2 + 3
    started = await gke.ok("POST", f"{SAMPLE}:setSize", {"nodeCount": 2})
    await gke.ok("POST", f"{POOLS}/batch-pool:setSize", {"nodeCount": 3})

    assert started["operationType"] == "SET_NODE_POOL_SIZE"
    pools = (await gke.ok("GET", POOLS))["nodePools"]
    assert [(pool["name"], pool.get("initialNodeCount"), len(pool["locations"])) for pool in pools] == [
        ("default-pool", 1, 3),
        ("batch-pool", 3, 2),
        ("sample", 2, 3),
    ]
    assert (await gke.ok("GET", PAYMENTS))["currentNodeCount"] == 3 + 6 + 6


async def test_a_new_pool_of_a_cluster_with_workload_identity_has_it_unasked(gke: Gke) -> None:
    gke.payments.workload_pool = POOL
    await create(gke)
    assert (await gke.ok("GET", SAMPLE))["config"]["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
    own = {"workloadMetadataConfig": {"mode": "GCE_METADATA"}}
    await gke.ok("POST", POOLS, {"nodePool": {"name": "other", "config": own}})
    assert gke.payments.node_pools["other"].mode == "GCE_METADATA"


async def test_a_deleted_pool_is_gone() -> None:
    gke = Gke(settings=Settings(operation=0.0))
    await create(gke)
    started = await gke.ok("DELETE", SAMPLE)
    assert started["operationType"] == "DELETE_NODE_POOL"
    assert (await gke.refused("GET", SAMPLE))[:2] == (404, "NOT_FOUND")
    assert [pool["name"] for pool in (await gke.ok("GET", PAYMENTS))["nodePools"]] == ["default-pool", "batch-pool"]


async def test_pools_come_and_go_in_a_while() -> None:
    gke = Gke(settings=Settings(operation=3600))
    started = await create(gke)
    assert (await gke.ok("GET", SAMPLE))["status"] == "PROVISIONING"
    assert (await gke.ok("GET", PAYMENTS))["status"] == "RECONCILING"
    busy = f"Cluster is running incompatible operation {started['name']}."
    assert await gke.refused("DELETE", f"{POOLS}/batch-pool") == (400, "FAILED_PRECONDITION", busy)
    assert (await gke.ok("GET", f"{POOLS}/batch-pool"))["status"] == "RUNNING"


async def test_a_name_that_is_in_use_is_refused(gke: Gke) -> None:
    await create(gke)
    where = f"projects/{PROJECT}/locations/asia-northeast1/clusters/payments/nodePools/sample"
    refused = await gke.refused("POST", POOLS, {"nodePool": WANTED})
    assert refused == (409, "ALREADY_EXISTS", f"Already exists: {where}.")


@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        ("POST", POOLS, {"nodePool": {"name": "x" * 41}}, 400),
        ("POST", POOLS, {"nodePool": {"name": "a", "initialNodeCount": 1001}}, 400),
        ("POST", POOLS, {"nodePool": {"name": "a", "config": wanted_mode("GKE_METADATA")}}, 400),
        ("POST", POOLS, {"nodePool": {"name": "a", "config": {"taints": [{"effect": "NEVER"}]}}}, 400),
        ("POST", POOLS, {"nodePool": {"name": "a", "config": {"serviceAccount": "none@x.y"}}}, 400),
        ("POST", f"{POOLS}/default-pool:setSize", {"nodeCount": "many"}, 400),
        ("POST", f"{POOLS}/none:setSize", {"nodeCount": 1}, 404),
        ("DELETE", f"{POOLS}/none", None, 404),
        ("PUT", f"{POOLS}/default-pool", {"taints": {"taints": "none"}}, 400),
    ],
)
async def test_what_cannot_be_is_refused(gke: Gke, method: str, target: str, body: Any, status: int) -> None:
    assert (await gke.refused(method, target, body))[0] == status
    assert gke.payments.operations == {}
    assert list(gke.payments.node_pools) == ["default-pool", "batch-pool"]


async def test_nodes_are_no_longer_repaired_when_so_told(gke: Gke) -> None:
    body = {"management": {"autoUpgrade": True}}
    started = await gke.ok("POST", f"{POOLS}/default-pool:setManagement", body)
    pool = await gke.ok("GET", f"{POOLS}/default-pool")
    assert started["operationType"] == "SET_NODE_POOL_MANAGEMENT"
    assert pool["management"] == {"autoUpgrade": True, "autoRepair": False}


async def test_spot_nodes_are_labelled_as_such(gke: Gke) -> None:
    await create(gke, config={"spot": True})
    labels = (await gke.ok("GET", SAMPLE))["config"]["resourceLabels"]
    assert labels == {"goog-gke-node-pool-provisioning-model": "spot"}


async def test_values_that_an_enumeration_does_not_have_are_refused_as_recorded(gke: Gke) -> None:
    hosts = [{"host": "https://registry.acme.example", "capabilities": ["PULL", "HOST_CAPABILITY_PUSH", "RESOLVE"]}]
    config = {"containerdConfig": {"registryHosts": [{"server": "registry.acme.example", "hosts": hosts}]}}
    body = {"nodePool": {**WANTED, "config": config}}

    answer = await gke.answer("POST", POOLS.replace("/v1/", "/v1beta1/"), body)

    kind = "type.googleapis.com/google.container.v1beta1.ContainerdConfig.RegistryHostConfig.HostCapability"
    place = "node_pool.config.containerd_config.registry_hosts[0].hosts[0].capabilities"
    assert answer.status == 400
    assert answer.body["error"]["message"].splitlines() == [
        f"Invalid value at '{place}[0]' ({kind}), \"PULL\"",
        f"Invalid value at '{place}[2]' ({kind}), \"RESOLVE\"",
    ]


async def test_a_tag_key_that_does_not_exist_is_refused_as_recorded(gke: Gke) -> None:
    config = {"resourceManagerTags": {"tags": {"tagKeys/123": "tagValues/456"}}}
    answer = await gke.answer("POST", POOLS, {"nodePool": {**WANTED, "config": config}})

    agent = f"service-{NUMBER}@container-engine-robot.iam.gserviceaccount.com"
    assert (answer.status, answer.body["error"]["message"]) == (
        403,
        f'Permission denied: for {agent} on TagKey "tagKeys/123" (or it may not exist).',
    )
