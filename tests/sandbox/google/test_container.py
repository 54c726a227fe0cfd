"""Clusters and node pools are answered as real ones were recorded, and refused as in public threads."""

from typing import Any

import pytest

from tests.sandbox.google.gke import AUTOPILOT, PAYMENTS, POOL, PROJECT, WORLD, Gke, wanted_mode, wanted_pool

LOCATION = f"container/v1/projects/{PROJECT}/locations"

RECORDED_POOL: dict[str, Any] = {
    "name": "default-pool",
    "config": {
        "machineType": "e2-medium",
        "diskSizeGb": 100,
        "oauthScopes": [
            "https://www.googleapis.com/auth/devstorage.read_only",
            "https://www.googleapis.com/auth/logging.write",
            "https://www.googleapis.com/auth/monitoring",
            "https://www.googleapis.com/auth/service.management.readonly",
            "https://www.googleapis.com/auth/servicecontrol",
            "https://www.googleapis.com/auth/trace.append",
        ],
        "metadata": {"disable-legacy-endpoints": "true"},
        "imageType": "COS_CONTAINERD",
        "serviceAccount": "default",
        "diskType": "pd-balanced",
        "shieldedInstanceConfig": {"enableIntegrityMonitoring": True},
        "kubeletConfig": {"insecureKubeletReadonlyPortEnabled": False, "maxParallelImagePulls": 2},
        "resourceLabels": {"goog-gke-node-pool-provisioning-model": "on-demand"},
        "windowsNodeConfig": {},
        "effectiveCgroupMode": "EFFECTIVE_CGROUP_MODE_V2",
        "bootDisk": {"diskType": "pd-balanced", "sizeGb": "100"},
    },
    "initialNodeCount": 1,
    "management": {"autoUpgrade": True, "autoRepair": True},
    "maxPodsConstraint": {"maxPodsPerNode": "110"},
    "podIpv4CidrSize": 24,
    "locations": ["us-central1-a"],
    "selfLink": f"https://container.googleapis.com/v1/projects/{PROJECT}/zones/us-central1-a/clusters/zonal"
    "/nodePools/default-pool",
    "version": "1.33.2-gke.1240000",
    "status": "RUNNING",
    "upgradeSettings": {"maxSurge": 1, "strategy": "SURGE"},
}
"""A real node pool of a cluster without Workload Identity, but for names, etag, and addresses."""

OWN = {"etag", "instanceGroupUrls", "networkConfig"}


async def test_a_node_pool_reads_as_a_recorded_one(gke: Gke) -> None:
    pool = await gke.ok("GET", f"{LOCATION}/us-central1-a/clusters/zonal/nodePools/default-pool")

    assert {key: value for key, value in pool.items() if key not in OWN} == RECORDED_POOL
    [group] = pool["instanceGroupUrls"]
    assert group.startswith(f"https://www.googleapis.com/compute/v1/projects/{PROJECT}/zones/us-central1-a/instanceG")


async def test_a_cluster_repeats_its_first_pool_and_its_place(gke: Gke) -> None:
    cluster = await gke.ok("GET", f"{LOCATION}/us-central1-a/clusters/zonal")

    assert cluster["nodeConfig"] == RECORDED_POOL["config"]
    assert [pool["name"] for pool in cluster["nodePools"]] == ["default-pool"]
    place = ("location", "zone", "locations", "currentNodeCount", "status", "autopilot", "currentNodeVersion")
    assert [cluster[key] for key in place] == [
        *("us-central1-a", "us-central1-a", ["us-central1-a"], 1, "RUNNING", {}, "1.33.2-gke.1240000"),
    ]
    assert cluster["selfLink"].endswith(f"/v1/projects/{PROJECT}/zones/us-central1-a/clusters/zonal")
    assert "workloadIdentityConfig" not in cluster


async def test_a_pool_of_a_region_counts_the_nodes_of_one_zone(gke: Gke) -> None:
    pools = (await gke.ok("GET", f"{PAYMENTS}/nodePools"))["nodePools"]

    assert [(pool["name"], pool["initialNodeCount"], len(pool["locations"])) for pool in pools] == [
        ("default-pool", 1, 3),
        ("batch-pool", 1, 2),
    ]
    cluster = await gke.ok("GET", PAYMENTS)
    assert (cluster["initialNodeCount"], cluster["currentNodeCount"]) == (1, 5)
    assert "/locations/asia-northeast1/clusters/payments" in cluster["selfLink"]


async def test_every_location_is_listed_at_once_and_a_project_can_be_named_by_its_number(gke: Gke) -> None:
    everywhere = await gke.ok("GET", f"{LOCATION}/-/clusters")
    assert [each["name"] for each in everywhere["clusters"]] == ["payments", "zonal"]
    there = await gke.ok("GET", "container/v1/projects/210987654321/locations/asia-northeast1/clusters")
    assert [each["name"] for each in there["clusters"]] == ["payments"]
    assert await gke.ok("GET", f"{LOCATION}/europe-west1/clusters") == {}


async def test_autopilot_has_its_pool_unasked_and_takes_no_change() -> None:
    gke = Gke(WORLD + AUTOPILOT)
    target = f"{LOCATION}/asia-northeast1/clusters/automatic"
    cluster = await gke.ok("GET", target)

    assert cluster["autopilot"] == {"enabled": True}
    assert cluster["workloadIdentityConfig"] == {"workloadPool": POOL}
    assert cluster["nodePools"][0]["config"]["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
    refused = await gke.refused("PUT", f"{target}/nodePools/default-pool", wanted_mode("GCE_METADATA"))
    assert refused[:2] == (400, "INVALID_ARGUMENT")
    assert (await gke.refused("PUT", target, wanted_pool("")))[0] == 400


async def test_a_private_cluster_tells_its_private_endpoint_only() -> None:
    cluster = await Gke(WORLD + AUTOPILOT).ok("GET", f"{LOCATION}/asia-northeast1/clusters/automatic")

    assert cluster["endpoint"] == "127.0.0.1:9"
    assert cluster["privateClusterConfig"] == {
        "enablePrivateNodes": True,
        "enablePrivateEndpoint": True,
        "privateEndpoint": "127.0.0.1:9",
    }
    assert cluster["controlPlaneEndpointsConfig"]["ipEndpointsConfig"]["enablePublicEndpoint"] is False


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("us-central1-a/clusters/none", f"Not found: projects/{PROJECT}/zones/us-central1-a/clusters/none."),
        ("us-west2/clusters/payments", f"Not found: projects/{PROJECT}/locations/us-west2/clusters/payments."),
        ("asia-northeast1/clusters/payments/nodePools/none", 'Not found: node pool "none" not found.'),
    ],
)
async def test_what_is_not_there_is_not_found_in_recorded_words(gke: Gke, path: str, message: str) -> None:
    assert await gke.refused("GET", f"{LOCATION}/{path}") == (404, "NOT_FOUND", message)


async def test_a_refusal_names_the_permission_and_the_cluster(gke: Gke) -> None:
    viewer = gke.login("serviceAccount:viewer@acme-payments.iam.gserviceaccount.com")
    cluster = f"projects/{PROJECT}/locations/asia-northeast1/clusters/payments"

    assert await gke.ok("GET", PAYMENTS, token=viewer)
    assert await gke.refused("PUT", PAYMENTS, wanted_pool(POOL), viewer) == (
        403,
        "PERMISSION_DENIED",
        f'Required "container.clusters.update" permission(s) for "{cluster}".',
    )
    assert (await gke.refused("GET", f"{LOCATION}/-/operations", token=viewer))[2] == (
        f'Required "container.operations.list" permission(s) for "projects/{PROJECT}".'
    )
