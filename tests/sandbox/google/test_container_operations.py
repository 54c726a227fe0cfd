"""Updates of clusters and node pools: what they take and refuse, and the operations that they are."""

import asyncio
import re
from typing import Any

import pytest

from tests.sandbox.google.gke import NUMBER, PAYMENTS, POOL, PROJECT, Gke, wanted_mode, wanted_pool
from wizard.sandbox.faults import Fault
from wizard.sandbox.model.world import Settings

OPERATIONS = f"container/v1/projects/{PROJECT}/locations/asia-northeast1/operations"
LINK = f"https://container.googleapis.com/v1/projects/{NUMBER}/locations/asia-northeast1"
DEFAULT_POOL = f"{PAYMENTS}/nodePools/default-pool"
NAME = re.compile(r"operation-\d{13}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")


def slow(seconds: float) -> Gke:
    """A world whose operations take that long."""
    return Gke(settings=Settings(operation=seconds))


async def ended(gke: Gke, started: Any) -> Any:
    """The operation once it is done."""
    while True:
        polled = await gke.ok("GET", f"{OPERATIONS}/{started['name']}")
        if polled["status"] == "DONE":
            return polled
        await asyncio.sleep(0)


def metrics(operation: Any) -> dict[str, str]:
    return {each["name"]: each["intValue"] for each in operation["progress"]["metrics"]}


async def test_an_update_is_answered_by_an_operation_as_recorded(gke: Gke) -> None:
    started = await gke.switch_on()

    assert NAME.fullmatch(started["name"])
    assert TIME.fullmatch(started["startTime"])
    assert started == {
        "name": started["name"],
        "zone": "asia-northeast1",
        "operationType": "UPDATE_CLUSTER",
        "status": "RUNNING",
        "selfLink": f"{LINK}/operations/{started['name']}",
        "targetLink": f"{LINK}/clusters/payments",
        "startTime": started["startTime"],
    }
    done = await ended(gke, started)
    assert {**done, "status": "RUNNING"} == {**started, "endTime": done["endTime"], "progress": done["progress"]}
    assert metrics(done)["CLUSTER_DEPLOYING"] == metrics(done)["CLUSTER_DEPLOYING_TOTAL"] == "13"


async def test_switching_on_leaves_the_node_pools_as_they_are(gke: Gke) -> None:
    before = await gke.ok("GET", PAYMENTS)
    await gke.switch_on()
    cluster = await gke.ok("GET", PAYMENTS)

    assert cluster["workloadIdentityConfig"] == {"workloadPool": POOL}
    assert cluster["nodePools"] == before["nodePools"]
    assert cluster["etag"] != before["etag"]


async def test_a_node_pool_gets_its_mode_in_an_operation_of_its_own(gke: Gke) -> None:
    await gke.switch_on()
    started = await gke.ok("PUT", DEFAULT_POOL, wanted_mode("GKE_METADATA"))

    assert (started["operationType"], started["status"]) == ("UPGRADE_NODES", "PENDING")
    assert started["targetLink"] == f"{LINK}/clusters/payments/nodePools/default-pool"
    assert metrics(await ended(gke, started)) == {"NODES_TOTAL": "3", "NODES_DONE": "3"}
    cluster = await gke.ok("GET", PAYMENTS)
    assert cluster["nodeConfig"]["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
    assert [pool["config"].get("workloadMetadataConfig") for pool in cluster["nodePools"]] == [
        {"mode": "GKE_METADATA"},
        None,
    ]


async def test_an_operation_takes_its_time_and_tells_how_far_it_is() -> None:
    gke = slow(3600)
    gke.payments.workload_pool = POOL
    started = await gke.ok("PUT", DEFAULT_POOL, wanted_mode("GKE_METADATA"))
    gke.clock.advance(1300)

    running = await gke.ok("GET", f"{OPERATIONS}/{started['name']}")
    assert (running["status"], metrics(running)) == ("RUNNING", {"NODES_TOTAL": "3", "NODES_DONE": "1"})
    assert "endTime" not in running
    pool = await gke.ok("GET", DEFAULT_POOL)
    assert pool["status"] == "RECONCILING"
    assert "workloadMetadataConfig" not in pool["config"]


async def test_an_operation_ends_by_itself() -> None:
    gke = slow(0.01)
    started = await gke.switch_on()
    assert "workloadIdentityConfig" not in await gke.ok("GET", PAYMENTS)

    await ended(gke, started)
    cluster = await gke.ok("GET", PAYMENTS)
    assert (cluster["status"], cluster["workloadIdentityConfig"]) == ("RUNNING", {"workloadPool": POOL})


async def test_a_cluster_takes_one_operation_at_a_time_and_names_it() -> None:
    gke = slow(3600)
    busy = (await gke.switch_on())["name"]

    for target, body in ((PAYMENTS, wanted_pool(POOL)), (DEFAULT_POOL, wanted_mode("GCE_METADATA"))):
        answer = await gke.answer("PUT", target, body)
        error = answer.body["error"]
        assert (answer.status, error["status"]) == (400, "FAILED_PRECONDITION")
        assert error["message"] == f"Cluster is running incompatible operation {busy}."
        assert error["details"][0]["reason"] == "CLUSTER_ALREADY_HAS_OPERATION"
    zonal = PAYMENTS.replace("asia-northeast1/clusters/payments", "us-central1-a/clusters/zonal")
    assert await gke.ok("PUT", zonal, wanted_pool(POOL))


async def test_whoever_comes_later_finds_the_operation_in_the_list() -> None:
    gke = slow(3600)
    assert await gke.ok("GET", OPERATIONS) == {}
    started = await gke.switch_on()

    [listed] = (await gke.ok("GET", OPERATIONS))["operations"]
    assert (listed["name"], listed["status"]) == (started["name"], "RUNNING")
    assert len((await gke.ok("GET", OPERATIONS.replace("asia-northeast1", "-")))["operations"]) == 1
    assert await gke.ok("GET", OPERATIONS.replace("asia-northeast1", "us-central1-a")) == {}


async def test_a_scenario_lets_an_operation_fail() -> None:
    fault = Fault("container.googleapis.com", "operation UPGRADE_NODES", 400, message="No nodes left.", times=1)
    gke = Gke(faults=(fault,))
    await gke.switch_on()
    done = await ended(gke, await gke.ok("PUT", DEFAULT_POOL, wanted_mode("GKE_METADATA")))

    assert done["error"] == {"code": 3, "message": "No nodes left."}
    assert done["statusMessage"] == "No nodes left."
    assert "workloadMetadataConfig" not in (await gke.ok("GET", DEFAULT_POOL))["config"]
    await ended(gke, await gke.ok("PUT", DEFAULT_POOL, wanted_mode("GKE_METADATA")))
    assert (await gke.ok("GET", DEFAULT_POOL))["config"]["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}


async def test_switching_off_comes_after_the_node_pools(gke: Gke) -> None:
    await gke.switch_on()
    await gke.ok("PUT", DEFAULT_POOL, wanted_mode("GKE_METADATA"))
    assert (await gke.refused("PUT", PAYMENTS, wanted_pool("")))[:2] == (400, "INVALID_ARGUMENT")

    await gke.ok("PUT", DEFAULT_POOL, wanted_mode("GCE_METADATA"))
    await gke.ok("PUT", PAYMENTS, wanted_pool(""))
    assert "workloadIdentityConfig" not in await gke.ok("GET", PAYMENTS)


@pytest.mark.parametrize(
    ("target", "body", "status"),
    [
        (PAYMENTS, wanted_pool("acme-elsewhere.svc.id.goog"), 400),
        (PAYMENTS, {"update": {}}, 400),
        (PAYMENTS, {"update": {"desiredWorkloadIdentityConfig": []}}, 400),
        (PAYMENTS, {"update": {"desiredNodeVersion": "1.35"}}, 501),
        (PAYMENTS, {"update": {**wanted_pool(POOL)["update"], "etag": "stale"}}, 409),
        (DEFAULT_POOL, wanted_mode("GKE_METADATA"), 400),
        (DEFAULT_POOL, wanted_mode("GKE_METADATA_SERVER"), 400),
        (DEFAULT_POOL, {"workloadMetadataConfig": []}, 400),
        (DEFAULT_POOL, {"imageType": "COS"}, 501),
        (DEFAULT_POOL, {**wanted_mode("GCE_METADATA"), "etag": "stale"}, 409),
        (f"{PAYMENTS}/nodePools/none", wanted_mode("GCE_METADATA"), 404),
    ],
)
async def test_what_cannot_be_is_refused(gke: Gke, target: str, body: Any, status: int) -> None:
    assert (await gke.refused("PUT", target, body))[0] == status
    assert gke.payments.operations == {}


async def test_an_unknown_operation_is_not_found(gke: Gke) -> None:
    assert (await gke.refused("GET", f"{OPERATIONS}/operation-1"))[:2] == (404, "NOT_FOUND")
