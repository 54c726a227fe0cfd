"""Bad input on GKE gets one clear error: what, where, and what to do; and nothing is written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import Answer, World
from tests.commands.gke import worlds as gke
from wizard.federation.gke import ANNOTATION
from wizard.sandbox.process import Sandbox

KUBECONFIG = "KUBECONFIG"
OTHER = f"somebody@{gke.PROJECT}.iam.gserviceaccount.com"

READS = {("get", "namespaces"): "no-get-namespaces", ("get", "serviceaccounts"): "no-get-serviceaccounts"}
WRITES = {("create", "serviceaccounts"): "no-create", ("patch", "serviceaccounts"): "no-patch"}
TESTS = {
    ("create", "serviceaccounts/token"): "no-tokens",
    ("create", "jobs"): "no-create-jobs",
    ("delete", "jobs"): "no-delete-jobs",
    ("get", "pods"): "no-get-pods",
    ("get", "pods/log"): "no-logs",
}
"""A verb and a resource -> the namespace in which the cluster's own roles deny it."""

SCORER = {"name": "scorer"}
ANNOTATED = {"name": "scorer", "annotations": {ANNOTATION: OTHER}}


def ready(world: gke.Json) -> None:
    """The cluster and its node pools are as the setup wants them; verbs are denied in some of its namespaces."""
    gke.joined(world)
    gke.all_services(world)
    for pool in gke.first_cluster(world)["node_pools"]:
        pool["mode"] = "GKE_METADATA"
    inside = gke.inside(world)
    denied = [*READS.items(), *WRITES.items(), *TESTS.items()]
    inside["denied"] = [{"verbs": [verb], "resources": [what], "namespaces": [where]} for (verb, what), where in denied]
    for _, where in denied:
        accounts = [] if where == "no-create" else [ANNOTATED if where == "no-patch" else SCORER]
        inside["namespaces"].append({"name": where, "service_accounts": accounts})
    inside["namespaces"].append({"name": "going", "terminating": True})
    members = [f"{gke.PRINCIPAL}/ns/{where}/sa/scorer" for where in TESTS.values()]
    project = world["google"]["projects"][0]
    project["policy"].append({"role": gke.ROLE, "members": members})
    project["service_accounts"].append({"id": "somebody"})


def no_namespaces(world: gke.Json) -> None:
    """A cluster in which nobody may make a namespace."""
    gke.another("shut")(world)
    shut = world["google"]["projects"][0]["clusters"][-1]["kubernetes"]
    shut["denied"] = [{"verbs": ["create"], "resources": ["namespaces"]}]


def aside(world: gke.Json) -> None:
    """Another project, at whose cluster the operator may not even look."""
    (home,) = world["google"]["projects"]
    roles = ("roles/browser", "roles/serviceusage.serviceUsageConsumer")
    policy = [{"role": role, "members": ["user:operator@acme.example"]} for role in roles]
    other = {"id": "acme-ledger", "number": "310987654321", "services": home["services"], "policy": policy}
    world["google"]["projects"].append(other | {"clusters": [{"name": "ledger", "location": gke.LOCATION}]})


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Clusters that cannot be worked on, or only in part."""
    nowhere = "127.0.0.1:9"  # nobody listens there
    private, walled = (gke.another(name, private_endpoint=nowhere) for name in ("private", "walled"))
    fleet = gke.another("fleet", workload_pool="acme-fleet.svc.id.goog")
    edits = [private, fleet, no_namespaces, aside, ready, walled]
    with gke.served(tmp_path_factory.mktemp("scenario"), *edits) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _nothing_is_written(world: World) -> Iterator[None]:
    """Holds for every test of this module."""
    before = len(world.writes())
    yield
    assert world.writes()[before:] == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("namespace: anti-fraud", "namespace: Anti_Fraud", 'line 6: workloads[0].namespace: "Anti_Fraud" is no'),
        ("namespace: anti-fraud", f"namespace: {'a' * 64}", "up to 63 lowercase letters"),
        ("service_account: scorer", "service_account: scorer-", "line 7: workloads[0].service_account"),
        ("cluster: payments", "cluster: Payments", "line 4: gke.cluster"),
        ("location: asia-northeast1", "location: tokyo", "use a region such as asia-northeast1, or a zone"),
        ("namespace: anti-fraud", "namespace: 123", 'write "123"'),
        (
            "project: acme-payments}",
            'project: "210987654321"}',
            "is a project number, not a project ID; use the project ID",
        ),
        ("[default-pool]", "[default-pool, default-pool]", "node pools appear more than once: default-pool"),
        ("via: direct", "via: service-account", "write `google_service_account: NAME`"),
        ("roles/spanner.databaseUser", "spanner.databaseUser", "roles/"),
    ],
)
def test_a_wrong_value_is_told_with_its_line_and_what_to_write(world: World, right: str, wrong: str, told: str) -> None:
    assert right in gke.SETUP
    answer = world.wif("apply", world.setup(gke.SETUP.replace(right, wrong)), "--yes")
    assert answer.code == 64
    assert told in answer.err


@pytest.mark.parametrize("setup", [gke.SETUP, gke.IMPERSONATED], ids=["direct", "impersonated"])
def test_a_workload_that_is_there_twice(world: World, setup: str) -> None:
    twice = gke.IMPERSONATED + setup[setup.index("- namespace") :]
    answer = world.wif("plan", world.setup(twice))
    assert answer.code == 64
    told = "appears twice (first as workloads[0])" if setup == gke.IMPERSONATED else "cannot act as two"
    assert f"line 13: workloads[1]: anti-fraud/scorer {told}" in answer.err


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("cluster: payments", "cluster: paymets", "clusters in acme-payments: fleet in asia-northeast1, payments in"),
        ("asia-northeast1", "asia-northeast1-a", "Not found: projects/acme-payments/zones/asia-northeast1-a/clusters"),
        ("[default-pool]", "[default]", "the cluster has these node pools: default-pool, batch-pool"),
        ("project: acme-payments}", "project: acme-nowhere}", 'you cannot see the project "acme-nowhere"'),
        ("cluster: payments", "cluster: fleet", "fleet is in the workload identity pool acme-fleet.svc.id.goog"),
        ("anti-fraud", "going", "the namespace going is being deleted, with all objects in the namespace"),
    ],
)
def test_what_is_not_there_is_one_error_that_says_what_is(world: World, right: str, wrong: str, told: str) -> None:
    setup = world.setup(gke.SETUP.replace(right, wrong))
    for command in (["plan"], ["apply", "--yes"]):
        assert told in one_refusal(world.wif(command[0], setup, *command[1:]))


@pytest.mark.parametrize("denied", READS, ids=" ".join)
def test_what_the_cluster_does_not_show_is_refused_in_its_words(world: World, denied: tuple[str, str]) -> None:
    setup = world.setup(gke.SETUP.replace("anti-fraud", READS[denied]).replace("scorer", "newcomer"))
    told = one_refusal(world.wif("apply", setup, "--yes"))
    assert f'cannot {denied[0]} resource "{denied[1]}"' in told
    assert "ask for the missing permission in the cluster (RBAC), or for roles/container.developer" in told


def test_a_namespace_whose_service_account_is_there_need_not_be_read(world: World) -> None:
    assert world.wif("plan", world.setup(gke.SETUP.replace("anti-fraud", "no-get-namespaces"))).code == 2


@pytest.mark.parametrize("denied", WRITES, ids=" ".join)
def test_what_the_cluster_would_refuse_is_told_before_anything_is_tried(world: World, denied: tuple[str, str]) -> None:
    setup = world.setup(gke.SETUP.replace("anti-fraud", WRITES[denied]))
    lacks(world.wif("apply", setup, "--yes"), f"{' '.join(denied)} on {WRITES[denied]} in cluster payments")


def test_a_namespace_that_may_not_be_made_is_told_before_anything_is_tried(world: World) -> None:
    setup = world.setup(gke.SETUP.replace("cluster: payments", "cluster: shut").replace("anti-fraud", "new"))
    lacks(world.wif("apply", setup, "--yes"), "create namespaces on cluster shut")


@pytest.mark.parametrize("denied", TESTS, ids=" ".join)
def test_what_a_test_may_not_do_is_told_at_its_hop(world: World, denied: tuple[str, str]) -> None:
    where = TESTS[denied]
    setup = world.setup(gke.SETUP.replace("anti-fraud", where))
    assert world.wif("plan", setup).code == 0
    answer = gke.tested(world, setup)
    assert answer.code == 1
    failed = [each for each in gke.hops(answer, f"{where}/scorer").values() if each["status"] == "failed"]
    (hop,) = failed
    assert hop["hop"] == ("ksa-token" if "token" in denied[1] else "pod")
    assert f"you do not have permission to {denied[0]} {denied[1]} in namespace {where}" in hop["reason"]
    assert f"Role that allows the verb {denied[0]} on {denied[1]} in the namespace {where}" in hop["fix"]


def test_a_test_in_a_namespace_that_is_being_deleted(world: World) -> None:
    answer = gke.tested(world, world.setup(gke.SETUP.replace("anti-fraud", "going")))
    assert answer.code == 1
    assert "the namespace going is being deleted" in gke.hops(answer, "going/scorer")["ksa-token"]["reason"]


@pytest.mark.parametrize("only", [[], ["--only", "kubernetes"]], ids=["all", "the half in the cluster"])
def test_a_private_endpoint_that_cannot_be_reached_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch, only: list[str]
) -> None:
    shut_out(monkeypatch, world.folder)
    setup = world.setup(gke.SETUP.replace("cluster: payments", "cluster: private"))
    told = one_refusal(world.wif("apply", setup, "--yes", *only))
    assert "kubernetes private: " in told
    assert "https://127.0.0.1:9 did not answer (the endpoint of private in the GKE API)" in told
    assert "127.0.0.1 is the cluster's private endpoint: connect from the cluster's own network" in told


def test_a_test_behind_a_private_endpoint_says_where_to_test_from(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut_out(monkeypatch, world.folder)
    answer = gke.tested(world, world.setup(gke.SETUP.replace("cluster: payments", "cluster: walled")))
    assert answer.code == 1
    hop = gke.hops(answer)["ksa-token"]
    assert hop["status"] == "failed"
    assert (
        "the control plane of walled does not answer this machine, because the cluster's endpoint is private"
        in hop["reason"]
    )
    assert "in the cluster's network" in hop["fix"]


def test_the_half_in_google_cloud_needs_no_way_into_the_cluster(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shut_out(monkeypatch, world.folder)
    setup = world.setup(gke.SETUP.replace("cluster: payments", "cluster: private"))
    answer = world.wif("plan", setup, "--only", "google")
    assert answer.code == 2
    assert "all pods on the nodes move" in answer.out
    assert "create serviceaccount scorer" in answer.out


def test_without_kubeconfig_the_container_api_leads_into_the_cluster(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KUBECONFIG)
    monkeypatch.setenv("HOME", str(world.folder))
    assert world.wif("plan", world.setup(gke.SETUP)).code == 2


@pytest.mark.parametrize("only", [[], ["--only", "kubernetes"]], ids=["all", "the half in the cluster"])
def test_no_kubeconfig_and_no_permission_to_read_the_cluster(
    world: World, monkeypatch: pytest.MonkeyPatch, only: list[str]
) -> None:
    monkeypatch.delenv(KUBECONFIG)
    monkeypatch.setenv("HOME", str(world.folder))
    text = gke.SETUP.replace("acme-payments", "acme-ledger").replace("cluster: payments", "cluster: ledger")
    told = one_refusal(world.wif("plan", world.setup(text), *only))
    assert 'Required "container.clusters.get" permission(s) for "projects/acme-ledger/' in told
    assert "roles/container.clusterViewer" in told
    if only:
        assert "Alternatively, add the context gke_acme-ledger_asia-northeast1_ledger to your kubeconfig" in told


def test_a_kubeconfig_whose_token_is_no_longer_good(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    file = world.folder / "kubeconfig"
    text = Path(world.sandbox.variables[KUBECONFIG]).read_text(encoding="utf-8")
    token = text.partition("token: ")[2].split()[0]
    file.write_text(text.replace(token, "ya29.long-gone"), encoding="utf-8")
    monkeypatch.setenv(KUBECONFIG, str(file))
    answer = world.wif("plan", world.setup(gke.SETUP))
    told = one_refusal(answer)
    assert (
        f"the cluster does not accept the credentials from context gke_acme-payments_asia-northeast1_payments of {file}"
        in told
    )
    assert "gcloud container clusters get-credentials payments --location=asia-northeast1" in told
    assert "ya29.long-gone" not in answer.out + answer.err


def test_a_half_that_is_none(world: World) -> None:
    answer = world.wif("plan", world.setup(gke.SETUP), "--only", "aws")
    assert answer.code == 64
    assert "--only aws is not valid for this setup: use --only google or --only kubernetes" in answer.err


def test_a_test_from_inside_of_a_workload_on_gke(world: World) -> None:
    answer = world.wif("test", world.setup(gke.SETUP), "--from", "inside")
    assert answer.code == 64
    assert "--from here, or --from task" in answer.err


@pytest.mark.parametrize("command", ["apply", "test"])
def test_no_terminal_and_no_yes(world: World, command: str) -> None:
    answer = world.wif(command, world.setup(gke.SETUP))
    assert answer.code == 64
    assert "add --yes" in answer.err


def one_refusal(answer: Answer) -> str:
    """What was said, once, in place of a review."""
    assert answer.code == 1
    assert answer.out == ""
    assert answer.err.count("wif-wizard: ") == 1
    return answer.err


def lacks(answer: Answer, what: str) -> None:
    """The review says what the operator may not do, and nothing is done."""
    assert answer.code == 1
    assert [
        line for line in answer.out.splitlines() if "✗" in line and f"you do not have the permission {what}" in line
    ]
    assert "The wizard changed nothing: you do not have 1 of the " in answer.err


def shut_out(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """No kubeconfig knows the way, and nobody waits long for an answer."""
    monkeypatch.delenv(KUBECONFIG)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr("wizard.clouds.kubernetes.CONNECT", 0.1)
    monkeypatch.setattr("wizard.clouds.kubernetes.RETRY_FOR", 0.1)
