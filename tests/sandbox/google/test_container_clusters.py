"""Clusters come, change and go, in both versions of the API, as recorded from real ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.google.gke import NUMBER, PAYMENTS, POOL, PROJECT, Gke
from wizard.sandbox.faults import Fault
from wizard.sandbox.model.clusters import Cluster
from wizard.sandbox.model.world import Settings

RECORDED: Any = json.loads(Path(__file__).with_name("recorded_cluster.json").read_text())
"""A regional cluster that Config Connector created with little but its name, as v1beta1 answered in August 2025."""

WEST = f"projects/{PROJECT}/locations/us-west2"
MINIMAL = f"container/v1beta1/{WEST}/clusters/minimal"
REQUEST: dict[str, Any] = {
    "autopilot": {"enabled": False},
    "autoscaling": {"enableNodeAutoprovisioning": False},
    "binaryAuthorization": {"enabled": False},
    "controlPlaneEndpointsConfig": {
        "dnsEndpointConfig": {"allowExternalTraffic": False},
        "ipEndpointsConfig": {"authorizedNetworksConfig": {}, "enablePublicEndpoint": True, "enabled": True},
    },
    "initialNodeCount": 1,
    "ipAllocationPolicy": {"stackType": "IPV4", "useIpAliases": False},
    "legacyAbac": {"enabled": False},
    "maintenancePolicy": {"window": {}},
    "name": "minimal",
    "network": f"projects/{PROJECT}/global/networks/default",
    "networkConfig": {},
    "networkPolicy": {},
    "nodeConfig": {"oauthScopes": RECORDED["nodePools"][0]["config"]["oauthScopes"]},
    "notificationConfig": {"pubsub": {}},
    "resourceLabels": {"cnrm-test": "true", "managed-by-cnrm": "true"},
    "shieldedNodes": {"enabled": True},
}
"""The request that created it."""

ONLY_BETA = ("clusterTelemetry", "master", "privateCluster", "protectConfig")


async def served(cluster: Cluster) -> None:
    """Stands for the Kubernetes API of a cluster."""
    cluster.endpoint, cluster.ca = "203.0.113.20", "Q0E="


def with_apis(seconds: float = 0.0) -> Gke:
    """A world whose clusters get an address, and whose operations take that long."""
    gke = Gke(settings=Settings(operation=seconds))
    gke.world.serve_cluster = served
    return gke


async def create(gke: Gke, name: str = "minimal", **fields: Any) -> Any:
    """Create a cluster with a pool of one node in each zone; the operation."""
    body = {"cluster": {"name": name, "initialNodeCount": 1, **fields}}
    return await gke.ok("POST", f"container/v1/{WEST}/clusters", body)


async def test_a_created_cluster_reads_as_a_recorded_one() -> None:
    gke = with_apis()
    started = await gke.ok("POST", f"container/v1beta1/{WEST}/clusters", {"cluster": REQUEST})
    cluster = await gke.ok("GET", MINIMAL)

    link = f"https://container.googleapis.com/v1beta1/projects/{NUMBER}/locations/us-west2"
    assert (started["operationType"], started["status"], started["targetLink"]) == (
        *("CREATE_CLUSTER", "RUNNING", f"{link}/clusters/minimal"),
    )
    own = {"etag", "id", "createTime", "instanceGroupUrls", "labelFingerprint"}
    assert own <= set(cluster)
    shown = json.dumps(cluster).replace(cluster["id"][:36], "ID").replace(cluster["id"][:8], "ID")
    inside = cluster["privateClusterConfig"]["privateEndpoint"]
    shown = shown.replace(inside, "INSIDE").replace("203.0.113.20", "OUTSIDE").replace("Q0E=", "CA")
    answered = json.loads(shown)
    addresses = {
        "endpoint": "OUTSIDE",
        "privateClusterConfig": {"privateEndpoint": "INSIDE", "publicEndpoint": "OUTSIDE"},
    }
    pools = [{key: pool[key] for key in pool if key not in own} for pool in answered["nodePools"]]
    comparable = {key: answered[key] for key in answered if key not in own}
    assert comparable | {"nodePools": pools} == {**RECORDED, **addresses, "nodeConfig": pools[0]["config"]}


async def test_v1_leaves_out_what_only_the_beta_knows() -> None:
    gke = with_apis()
    await create(gke, workloadIdentityConfig={"workloadPool": POOL}, addonsConfig={"istioConfig": {"disabled": True}})
    beta = await gke.ok("GET", MINIMAL)
    stable = await gke.ok("GET", MINIMAL.replace("v1beta1", "v1"))

    assert set(beta) - set(stable) == set(ONLY_BETA)
    assert set(beta["addonsConfig"]) - set(stable["addonsConfig"]) == {"istioConfig"}
    identity = {"workloadPool": POOL}
    assert stable["workloadIdentityConfig"] == identity
    provider = f"https://container.googleapis.com/v1/{WEST}/clusters/minimal"
    assert beta["workloadIdentityConfig"] == identity | {"identityNamespace": POOL, "identityProvider": provider}
    assert stable["nodeConfig"]["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
    assert beta["nodeConfig"]["workloadMetadataConfig"] == {
        "mode": "GKE_METADATA",
        "nodeMetadata": "GKE_METADATA_SERVER",
    }
    assert stable["selfLink"] == beta["selfLink"].replace("v1beta1", "v1")


async def test_a_newer_cluster_says_more_of_itself() -> None:
    gke = with_apis()
    await create(gke, "new", releaseChannel={"channel": "RAPID"})
    await create(gke, "older", initialClusterVersion="1.35")
    new = await gke.ok("GET", MINIMAL.replace("minimal", "new"))
    older = await gke.ok("GET", MINIMAL.replace("minimal", "older"))

    assert (new["currentMasterVersion"], older["currentMasterVersion"]) == ("1.36.0-gke.3302004", "1.35.1-gke.1396002")
    assert new["releaseChannel"] == {"channel": "RAPID"}
    assert older["controlPlaneEgress"] == new["controlPlaneEgress"] == {"mode": "VIA_CONTROL_PLANE"}
    assert "nodeImageConfig" in new["nodeConfig"]
    assert "nodeImageConfig" not in older["nodeConfig"]


async def test_a_cluster_is_provisioned_for_a_while() -> None:
    gke = with_apis(3600)
    started = await create(gke)
    cluster = await gke.ok("GET", MINIMAL)

    assert (cluster["status"], "endpoint" in cluster) == ("PROVISIONING", False)
    operation = await gke.ok("GET", f"container/v1/{WEST}/operations/{started['name']}")
    assert operation["status"] == "RUNNING"
    refused = await gke.refused("DELETE", MINIMAL)
    assert refused == (*(400, "FAILED_PRECONDITION", f"Cluster is running incompatible operation {started['name']}."),)


async def test_a_name_that_is_in_use_is_refused_in_the_older_envelope_too() -> None:
    gke = with_apis()
    await create(gke)
    answer = await gke.answer("POST", f"container/v1/{WEST}/clusters", {"cluster": {"name": "minimal"}})

    message = f"Already exists: {WEST}/clusters/minimal."
    assert answer.status == 409
    assert answer.body["error"] == {
        "code": 409,
        "message": message,
        "errors": [{"message": message, "domain": "global", "reason": "alreadyExists"}],
        "status": "ALREADY_EXISTS",
    }


async def test_a_deleted_cluster_is_gone_and_its_operation_is_not() -> None:
    gke = with_apis()
    ended: list[str] = []
    gke.world.end_cluster = lambda cluster: ended.append(cluster.name)
    await create(gke)
    started = await gke.ok("DELETE", MINIMAL)

    assert (await gke.refused("GET", MINIMAL))[:2] == (404, "NOT_FOUND")
    assert ended == ["minimal"]
    operation = await gke.ok("GET", f"container/v1beta1/{WEST}/operations/{started['name']}")
    assert (operation["operationType"], operation["status"], "progress" in operation) == (
        "DELETE_CLUSTER",
        "DONE",
        False,
    )
    assert await create(gke)


async def test_a_cluster_that_goes_is_stopping_until_then() -> None:
    gke = with_apis(3600)
    await gke.ok("DELETE", PAYMENTS)
    assert (await gke.ok("GET", PAYMENTS))["status"] == "STOPPING"


async def test_a_creation_that_fails_leaves_an_error() -> None:
    fault = Fault("container.googleapis.com", "operation CREATE_CLUSTER", 500, message="Out of stock.", times=1)
    gke = Gke(faults=(fault,))
    await create(gke)
    assert (await gke.ok("GET", MINIMAL))["status"] == "ERROR"


async def test_labels_are_set_by_who_knows_those_that_were_there() -> None:
    gke = with_apis()
    await create(gke)
    labels = {"resourceLabels": {"team": "payments"}}
    assert await gke.refused("POST", f"{MINIMAL}:setResourceLabels", labels) == (
        400,
        "FAILED_PRECONDITION",
        "Labels could not be set due to fingerprint mismatch; try again with the proper fingerprint: incorrect "
        'fingerprint supplied was "", the expected one is "a9dc16a7".',
    )
    started = await gke.ok("POST", f"{MINIMAL}:setResourceLabels", {**labels, "labelFingerprint": "a9dc16a7"})
    cluster = await gke.ok("GET", MINIMAL)
    assert started["operationType"] == "UPDATE_CLUSTER"
    assert cluster["resourceLabels"] == {"team": "payments"}
    assert cluster["labelFingerprint"] != "a9dc16a7"


async def test_add_ons_are_kept_as_they_were_recorded() -> None:
    gke = with_apis()
    driver = {"gcePersistentDiskCsiDriverConfig": {"enabled": False}}
    wanted = {"cloudRunConfig": {"disabled": True}, "dnsCacheConfig": {"enabled": False}, **driver}
    await create(gke, addonsConfig=wanted)
    made = (await gke.ok("GET", MINIMAL))["addonsConfig"]
    await gke.ok("PUT", MINIMAL, {"update": {"desiredAddonsConfig": wanted}})
    updated = (await gke.ok("GET", MINIMAL))["addonsConfig"]

    run = {"disabled": True, "loadBalancerType": "LOAD_BALANCER_TYPE_EXTERNAL"}
    assert (made["cloudRunConfig"], made["dnsCacheConfig"]) == (run, {})
    assert made["gcePersistentDiskCsiDriverConfig"] == {"enabled": True}
    assert updated["gcePersistentDiskCsiDriverConfig"] == {}


async def test_older_paths_name_zones() -> None:
    gke = with_apis()
    zone = f"container/v1/projects/{PROJECT}/zones/us-central1-a"
    cluster = await gke.ok("GET", f"{zone}/clusters/zonal")
    assert cluster == await gke.ok("GET", f"{zone.replace('zones', 'locations')}/clusters/zonal")
    labels = {"labelFingerprint": cluster["labelFingerprint"], "resourceLabels": {"a": "b"}}
    await gke.ok("POST", f"{zone}/clusters/zonal/resourceLabels", labels)
    await gke.ok("POST", f"{zone}/clusters/zonal/nodePools/default-pool/setSize", {"nodeCount": 2})
    await gke.ok("POST", f"{zone}/clusters/zonal/nodePools/default-pool/update", {"labels": {"labels": {"c": "d"}}})
    changed = await gke.ok("GET", f"{zone}/clusters/zonal")
    assert (changed["resourceLabels"], changed["currentNodeCount"]) == ({"a": "b"}, 2)
    assert changed["nodeConfig"]["labels"] == {"c": "d"}
    assert "validMasterVersions" in await gke.ok("GET", f"{zone}/serverconfig")


async def test_the_versions_that_clusters_can_have_are_told(gke: Gke) -> None:
    config = await gke.ok("GET", f"container/v1beta1/{WEST}/serverConfig")
    assert config["defaultClusterVersion"] in config["validMasterVersions"]
    assert {each["channel"] for each in config["channels"]} == {"RAPID", "REGULAR", "STABLE", "EXTENDED"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "Upper"}, 'Invalid value for field "cluster.name": "Upper".'),
        ({"initialClusterVersion": "1.2.3"}, 'Master version "1.2.3" is unsupported.'),
        ({"nodeConfig": {"serviceAccount": "x@y.z"}}, 'Service account "x@y.z" does not exist.'),
        ({"workloadIdentityConfig": {"workloadPool": "other.svc.id.goog"}}, None),
        ({"nodePools": [{"name": "a", "initialNodeCount": 1}]}, None),
        ({"nodePools": [{"name": "a"}, {"name": "a"}], "initialNodeCount": None}, None),
        ({"initialNodeCount": -1}, None),
        ({"addonsConfig": "none"}, None),
    ],
)
async def test_a_cluster_that_cannot_be_is_refused(gke: Gke, fields: Any, message: str | None) -> None:
    body = {"cluster": {"name": "minimal", "initialNodeCount": 1, **fields}}
    refused = await gke.refused("POST", f"container/v1/{WEST}/clusters", body)
    assert refused[:2] == (400, "INVALID_ARGUMENT")
    assert message in (None, refused[2])
    assert len((await gke.ok("GET", f"container/v1/projects/{PROJECT}/locations/-/clusters"))["clusters"]) == 2


async def test_whoever_creates_must_be_allowed_to_act_as_the_nodes(gke: Gke) -> None:
    viewer = f"serviceAccount:viewer@{PROJECT}.iam.gserviceaccount.com"
    project = f"cloudresourcemanager/v1/projects/{PROJECT}"
    await gke.grant(project, "roles/container.clusterAdmin", viewer)
    body = {"cluster": {"name": "minimal", "initialNodeCount": 1}}
    target, token = f"container/v1/{WEST}/clusters", gke.login(viewer)

    assert await gke.refused("POST", target, body, token) == (
        *(400, "INVALID_ARGUMENT", 'The user does not have access to service account "default".'),
    )
    await gke.grant(project, "roles/iam.serviceAccountUser", viewer)
    assert await gke.ok("POST", target, body, token)


async def test_autopilot_is_in_its_pool_from_the_start() -> None:
    gke = with_apis()
    await create(gke, autopilot={"enabled": True})
    cluster = await gke.ok("GET", MINIMAL.replace("v1beta1", "v1"))

    assert cluster["workloadIdentityConfig"] == {"workloadPool": POOL}
    assert cluster["networkConfig"]["datapathProvider"] == "ADVANCED_DATAPATH"
    pools = f"container/v1/{WEST}/clusters/minimal/nodePools"
    assert (await gke.refused("POST", pools, {"nodePool": {"name": "more"}}))[0] == 400


async def test_a_private_cluster_is_told_by_what_was_asked() -> None:
    gke = with_apis()
    await create(gke, privateClusterConfig={"enablePrivateEndpoint": True, "enablePrivateNodes": True})
    cluster = await gke.ok("GET", MINIMAL)
    assert cluster["endpoint"] == cluster["privateClusterConfig"]["privateEndpoint"]
    assert cluster["controlPlaneEndpointsConfig"]["ipEndpointsConfig"]["enablePublicEndpoint"] is False


@pytest.mark.parametrize(
    ("verb", "body", "field", "value"),
    [
        (
            "setAddons",
            {"addonsConfig": {"kalmConfig": {"enabled": True}}},
            "addonsConfig.kalmConfig",
            {"enabled": True},
        ),
        ("setLegacyAbac", {"enabled": True}, "legacyAbac", {"enabled": True}),
        ("setLogging", {"loggingService": "none"}, "loggingService", "none"),
        ("setMonitoring", {"monitoringService": "none"}, "monitoringService", "none"),
        ("setNetworkPolicy", {"networkPolicy": {"enabled": True}}, "networkPolicy.enabled", True),
        (
            "setMaintenancePolicy",
            {"maintenancePolicy": {"window": {"dailyMaintenanceWindow": {"startTime": "03:00"}}}},
            *("maintenancePolicy.window.dailyMaintenanceWindow", {"startTime": "03:00"}),
        ),
    ],
)
async def test_older_calls_set_one_thing_each(verb: str, body: Any, field: str, value: Any) -> None:
    gke = with_apis()
    await create(gke)
    started = await gke.ok("POST", f"{MINIMAL}:{verb}", body)
    found: Any = await gke.ok("GET", MINIMAL)
    for key in field.split("."):
        found = found[key]
    assert (started["operationType"], found) == ("UPDATE_CLUSTER", value)


async def test_dataplane_v2_takes_no_calico() -> None:
    gke = with_apis()
    await create(gke, networkConfig={"datapathProvider": "ADVANCED_DATAPATH"})
    policy = {"networkPolicy": {"enabled": True}}
    assert (await gke.refused("POST", f"{MINIMAL}:setNetworkPolicy", policy))[0] == 400


async def test_alpha_is_answered_as_beta_is() -> None:
    gke = with_apis()
    await create(gke)
    alpha = await gke.ok("GET", MINIMAL.replace("v1beta1", "v1alpha1"))
    assert json.loads(json.dumps(alpha).replace("v1alpha1", "v1beta1")) == await gke.ok("GET", MINIMAL)
