"""The real gcloud describes the sandbox's clusters, lets one join the pool, and gives a node pool its mode."""

from collections.abc import Iterator

import pytest

from tests.oracles.programs import Program, need
from wizard.sandbox.process import Sandbox

LOCATION = "--location=asia-northeast1"
POOL = "acme-payments.svc.id.goog"
CLUSTERS = ("container", "clusters")
NODE_POOLS = ("container", "node-pools")
OF = ("--cluster=payments", LOCATION)


@pytest.fixture(scope="module")
def gcloud() -> Iterator[Program]:
    """gcloud, as the operator of the scenario with a cluster."""
    need("gcloud")
    with Sandbox("gke-spanner") as sandbox:
        yield Program("gcloud", sandbox.environ())


def test_gcloud_lists_the_clusters(gcloud: Program) -> None:
    heads, *rows = gcloud.ok(*CLUSTERS, "list").splitlines()
    assert [*heads.split()[:3], heads.split()[-1]] == ["NAME", "LOCATION", "MASTER_VERSION", "STATUS"]
    [row] = rows
    assert row.split()[:2] == ["payments", "asia-northeast1"]
    assert row.split()[-4:] == ["e2-standard-4", "1.33.2-gke.1240000", "5", "RUNNING"]


def test_gcloud_leads_a_cluster_and_a_node_pool_to_workload_identity(gcloud: Program) -> None:
    before = gcloud.json(*CLUSTERS, "describe", "payments", LOCATION)
    early = gcloud.refused(*NODE_POOLS, "update", "default-pool", *OF, "--workload-metadata=GKE_METADATA")
    assert "(gcloud.container.node-pools.update) ResponseError: code=400, message=" in early

    updated = gcloud.run(*CLUSTERS, "update", "payments", LOCATION, f"--workload-pool={POOL}")
    assert (updated.code, "Updated [" in updated.err) == (0, True), updated
    gcloud.ok(*NODE_POOLS, "update", "default-pool", *OF, "--workload-metadata=GKE_METADATA")

    after = gcloud.json(*CLUSTERS, "describe", "payments", LOCATION)
    assert "workloadIdentityConfig" not in before
    assert after["workloadIdentityConfig"] == {"workloadPool": POOL}
    pool = gcloud.json(*NODE_POOLS, "describe", "default-pool", *OF)
    assert pool["config"]["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
    assert after["nodePools"][0] == pool
    assert after["nodePools"][1] == before["nodePools"][1]


def test_gcloud_prints_what_is_not_there(gcloud: Program) -> None:
    said = gcloud.refused(*CLUSTERS, "describe", "none", "--location=us-central1-a")
    assert "code=404, message=Not found: projects/acme-payments/zones/us-central1-a/clusters/none." in said
