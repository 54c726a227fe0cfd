"""The real gcloud creates, changes and deletes clusters in the sandbox, and the real kubectl works in them."""

from collections.abc import Iterator

import pytest

from tests.oracles.programs import Program, need
from wizard.sandbox.process import Sandbox

ZONE = "--location=us-central1-a"
POOL = "acme-payments.svc.id.goog"
CONTEXT = "gke_acme-payments_us-central1-a_fresh"
BETA_CLUSTERS = ("beta", "container", "clusters")
BETA_POOLS = ("beta", "container", "node-pools")
OF = ("--cluster=fresh", ZONE)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The scenario with a cluster; operations take a moment, as they do."""
    with Sandbox("gke-spanner", ["--operation-time", "0.3s"]) as running:
        yield running


@pytest.fixture
def gcloud(sandbox: Sandbox) -> Program:
    """gcloud, as the operator."""
    need("gcloud")
    return Program("gcloud", sandbox.environ())


@pytest.fixture
def kubectl(sandbox: Sandbox) -> Program:
    """kubectl, with the kubeconfig that gcloud writes into."""
    need("kubectl")
    need("gke-gcloud-auth-plugin")
    return Program("kubectl", sandbox.environ())


@pytest.fixture(scope="module")
def fresh(sandbox: Sandbox) -> None:
    """A cluster that gcloud created, whose credentials are in the kubeconfig."""
    need("gcloud")
    gcloud = Program("gcloud", sandbox.environ())
    said = gcloud.run("container", "clusters", "create", "fresh", ZONE, "--num-nodes=2", f"--workload-pool={POOL}")
    assert said.code == 0, said.err
    assert "kubeconfig entry generated for fresh." in said.err


@pytest.mark.usefixtures("fresh")
def test_gcloud_beta_reads_clusters(gcloud: Program) -> None:
    listed = {cluster["name"]: cluster for cluster in gcloud.json(*BETA_CLUSTERS, "list")}
    assert set(listed) == {"payments", "fresh"}
    described = gcloud.json(*BETA_CLUSTERS, "describe", "fresh", ZONE)
    assert described == listed["fresh"]
    assert described["selfLink"].startswith("https://container.googleapis.com/v1beta1/projects/acme-payments/zones/")
    assert described["nodeConfig"]["workloadMetadataConfig"]["mode"] == "GKE_METADATA"


@pytest.mark.usefixtures("fresh")
def test_kubectl_works_in_a_cluster_that_gcloud_created(gcloud: Program, kubectl: Program) -> None:
    gcloud.ok("container", "clusters", "get-credentials", "fresh", ZONE)
    assert kubectl.ok("config", "current-context").strip() == CONTEXT
    assert len(kubectl.ok("get", "nodes", "-o", "name").split()) == 2
    kubectl.ok("create", "namespace", "demo")
    kubectl.ok("create", "serviceaccount", "worker", "-n", "demo")
    assert "serviceaccount/worker" in kubectl.ok("get", "serviceaccounts", "-n", "demo", "-o", "name")
    other = Program("kubectl", {**kubectl.environ})
    assert "demo" not in other.ok(
        "get", "namespaces", "-o", "name", "--context=gke_acme-payments_asia-northeast1_payments"
    )


@pytest.mark.usefixtures("fresh")
def test_gcloud_changes_node_pools(gcloud: Program, kubectl: Program) -> None:
    gcloud.ok(*BETA_POOLS, "create", "extra", *OF, "--num-nodes=1", "--enable-autoscaling", "--max-nodes=3")
    taken = gcloud.refused(*BETA_POOLS, "create", "extra", *OF)
    assert "code=409, message=Already exists: projects/acme-payments/zones/us-central1-a/clusters/fresh/" in taken
    gcloud.ok("container", "clusters", "resize", "fresh", ZONE, "--node-pool=extra", "--num-nodes=3")
    gcloud.ok(*BETA_POOLS, "update", "extra", *OF, "--node-labels=team=payments")
    pool = gcloud.json(*BETA_POOLS, "describe", "extra", *OF)
    assert (pool["initialNodeCount"], pool["config"]["labels"]) == (3, {"team": "payments"})
    assert pool["autoscaling"]["maxNodeCount"] == 3
    labelled = ("get", "nodes", "--selector=team=payments", "-o", "name", f"--context={CONTEXT}")
    assert len(kubectl.ok(*labelled).split()) == 3
    gcloud.ok(*BETA_POOLS, "delete", "extra", *OF)
    names = [pool["name"] for pool in gcloud.json(*BETA_POOLS, "list", *OF)]
    assert names == ["default-pool"]


@pytest.mark.usefixtures("fresh")
def test_gcloud_labels_a_cluster_and_reads_the_versions(gcloud: Program) -> None:
    gcloud.ok("container", "clusters", "update", "fresh", ZONE, "--update-labels=team=payments")
    gcloud.ok(*BETA_CLUSTERS, "update", "fresh", ZONE, "--update-labels=stage=test")
    # gcloud sends the labels of its flag alone, with the fingerprint of those that were there.
    labels = gcloud.json("container", "clusters", "describe", "fresh", ZONE)["resourceLabels"]
    assert labels == {"stage": "test"}
    assert "validMasterVersions" in gcloud.json("container", "get-server-config", ZONE)


def test_a_deleted_cluster_takes_its_api_along(gcloud: Program, kubectl: Program) -> None:
    gcloud.ok(*BETA_CLUSTERS, "create-auto", "brief", "--location=us-central1")
    context = "gke_acme-payments_us-central1_brief"
    config = kubectl.ok("config", "view", "--raw", "--flatten")
    assert "kube-system" in kubectl.ok("get", "namespaces", "-o", "name", f"--context={context}")

    gcloud.ok(*BETA_CLUSTERS, "delete", "brief", "--location=us-central1")
    assert "brief" not in gcloud.ok("container", "clusters", "list")
    assert context not in kubectl.ok("config", "get-contexts", "-o", "name")
    assert context in config
    types = [each["operationType"] for each in gcloud.json("container", "operations", "list")]
    assert types[-2:] == ["CREATE_CLUSTER", "DELETE_CLUSTER"]


def test_a_sandbox_without_clusters_has_a_kubeconfig_of_its_own_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    need("kubectl")
    with Sandbox("batch-bigquery") as running:
        home = tmp_path_factory.mktemp("home")
        kubectl = Program("kubectl", {**running.environ(), "HOME": str(home)})
        kubectl.ok("config", "set-context", "mine")
        assert not (home / ".kube" / "config").exists()
