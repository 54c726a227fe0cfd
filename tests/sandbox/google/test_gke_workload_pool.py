"""The pool of a project's clusters: there once the first joins it, Google's own, and named by members of policies."""

import pytest

from tests.sandbox.google.gke import AUTOPILOT, ISSUER, POOL, POOL_NAME, PROJECT, SCORER, UID, WORLD, Gke, wanted_mode
from tests.sandbox.google.gke import PAYMENTS as CLUSTER

RESOURCE_MANAGER = f"cloudresourcemanager/v1/projects/{PROJECT}"
ACCOUNT = f"iam/v1/projects/{PROJECT}/serviceAccounts/scorer@{PROJECT}.iam.gserviceaccount.com"
POOLS = f"iam/v1/projects/{PROJECT}/locations/global/workloadIdentityPools"
KSA = f"serviceAccount:{POOL}[anti-fraud/scorer]"
SET = f"principalSet://iam.googleapis.com/{POOL_NAME}"
MISSING = (
    "Identity Pool does not exist ({}). Please check that you specified a valid resource name as returned in the "
    "`name` attribute in the configuration API."
)


@pytest.mark.parametrize(
    ("target", "role", "member", "named"),
    [
        (ACCOUNT, "roles/iam.workloadIdentityUser", KSA, POOL),
        (RESOURCE_MANAGER, "roles/spanner.databaseUser", KSA, POOL),
        (RESOURCE_MANAGER, "roles/spanner.databaseUser", SCORER, POOL_NAME),
        (RESOURCE_MANAGER, "roles/spanner.databaseUser", f"{SET}/namespace/anti-fraud", POOL_NAME),
    ],
)
async def test_before_a_cluster_joins_no_member_can_name_the_pool(
    gke: Gke, target: str, role: str, member: str, named: str
) -> None:
    answer = await gke.grant(target, role, member)
    assert (answer.status, answer.body["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert answer.body["error"]["message"] == MISSING.format(named)

    await gke.switch_on()
    assert (await gke.grant(target, role, member)).status == 200


@pytest.mark.parametrize("tail", [f"kubernetes.cluster/{ISSUER}", "namespace/anti-fraud"])
async def test_sets_of_the_pool_are_stored(gke: Gke, tail: str) -> None:
    await gke.switch_on()
    assert (await gke.grant(RESOURCE_MANAGER, "roles/spanner.databaseUser", f"{SET}/{tail}")).status == 200
    uid = SCORER.replace("subject/ns/anti-fraud/sa/scorer", f"kubernetes.serviceaccount.uid/{UID}")
    assert (await gke.grant(RESOURCE_MANAGER, "roles/spanner.databaseUser", uid)).status == 200


async def test_the_pool_as_a_whole_is_no_member(gke: Gke) -> None:
    await gke.switch_on()
    answer = await gke.grant(RESOURCE_MANAGER, "roles/spanner.databaseUser", f"{SET}/*")
    assert answer.body["error"]["message"] == MISSING.format(POOL_NAME)


async def test_a_project_id_where_the_number_belongs_is_refused(gke: Gke) -> None:
    await gke.switch_on()
    member = SCORER.replace("210987654321", PROJECT)
    assert (await gke.grant(RESOURCE_MANAGER, "roles/spanner.databaseUser", member)).status == 400


async def test_the_pool_is_listed_as_googles_own(gke: Gke) -> None:
    assert await gke.ok("GET", POOLS) == {}
    await gke.switch_on()

    shown = {"name": POOL_NAME, "state": "ACTIVE", "mode": "SYSTEM_TRUST_DOMAIN"}
    assert await gke.ok("GET", POOLS) == {"workloadIdentityPools": [shown]}
    assert await gke.ok("GET", f"{POOLS}/{POOL}") == shown


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/providers"),
        ("POST", "/providers?workloadIdentityPoolProviderId=aws-one"),
        ("PATCH", "?updateMask=disabled"),
        ("DELETE", ""),
    ],
)
async def test_nobody_changes_the_pool_or_has_providers_in_it(gke: Gke, method: str, path: str) -> None:
    await gke.switch_on()
    body = {"aws": {"accountId": "111122223333"}} if method == "POST" else None
    assert (await gke.refused(method, f"{POOLS}/{POOL}{path}", body))[:2] == (400, "INVALID_ARGUMENT")


async def test_the_pool_outlives_the_cluster_that_leaves_it(gke: Gke) -> None:
    await gke.switch_on()
    await gke.ok("PUT", CLUSTER, {"update": {"desiredWorkloadIdentityConfig": {"workloadPool": ""}}})
    assert (await gke.grant(ACCOUNT, "roles/iam.workloadIdentityUser", KSA)).status == 200


async def test_an_autopilot_cluster_brings_the_pool_for_all() -> None:
    gke = Gke(WORLD + AUTOPILOT)
    assert (await gke.grant(ACCOUNT, "roles/iam.workloadIdentityUser", KSA)).status == 200
    refused = await gke.refused("PUT", f"{CLUSTER}/nodePools/default-pool", wanted_mode("GKE_METADATA"))
    assert refused[0] == 400, "the pool is the project's, whether a cluster is in it is the cluster's"


async def test_nodes_that_nobody_chose_an_account_for_have_compute_engines_own(gke: Gke) -> None:
    email = gke.payments.node_account(gke.payments.node_pools["default-pool"])
    assert email == "210987654321-compute@developer.gserviceaccount.com"

    account = await gke.ok("GET", f"iam/v1/projects/{PROJECT}/serviceAccounts/{email}")
    assert (account["email"], account["displayName"]) == (email, "Compute Engine default service account")
    token = gke.login(f"serviceAccount:{email}")
    asked = {"permissions": ["spanner.databases.select"]}
    assert await gke.ok("POST", f"{RESOURCE_MANAGER}:testIamPermissions", asked, token) == {}
