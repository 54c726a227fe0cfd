"""What cannot be: one clear error each, and nothing is changed."""

import httpx2
import pytest

from tests.resources.gke.gke_world import NODES, PROJECT, Team, TeamOf, workload
from wizard.clouds.errors import CloudError, Unreachable
from wizard.work import preflight


def refused(setup: Team) -> CloudError:
    """The one error of a plan that cannot be made; nothing is written."""
    before = len(setup.writes())
    with pytest.raises(CloudError) as refusal:
        setup.plan()
    assert len(setup.writes()) == before
    return refusal.value


def lacking(setup: Team) -> list[str]:
    """What the operator may not do of the plan."""
    verdicts = preflight.check_permissions(setup.plan().pending, setup.clouds)
    return [f"{each.needed.permission} on {each.needed.on}" for each in verdicts if each.status == "missing"]


def test_a_cluster_that_is_not_there_is_told_with_those_that_are(team: TeamOf) -> None:
    error = refused(team("paymets"))
    assert error.status == 404
    assert error.message == f"Not found: projects/{PROJECT}/locations/asia-northeast1/clusters/paymets."
    assert "payments in asia-northeast1" in error.hint


def test_a_node_pool_that_is_not_there_is_told_with_those_that_are(team: TeamOf) -> None:
    error = refused(team("taken", node_pools=("default",)))
    assert error.message == 'taken has no node pool "default"'
    assert error.hint.endswith("the cluster has these node pools: default-pool, batch-pool")


def test_a_cluster_in_another_projects_pool_is_not_taken_out_of_it(team: TeamOf) -> None:
    error = refused(team("fleet"))
    assert (
        error.message
        == "fleet is in the workload identity pool acme-fleet.svc.id.goog, not in acme-payments.svc.id.goog"
    )
    assert "the project of the pool" in error.hint


def test_a_cluster_that_may_not_be_read_is_told_with_what_to_ask_for(team: TeamOf) -> None:
    error = refused(team("ledger", project="acme-ledger", without=("KUBECONFIG",)))
    assert error.status == 403
    assert "container.clusters.get on acme-ledger (roles/container.clusterViewer)" in error.hint


def test_without_kubeconfig_and_without_the_permission_to_read_the_cluster_there_is_no_way_in(team: TeamOf) -> None:
    setup = team("ledger", project="acme-ledger", without=("KUBECONFIG",))
    with pytest.raises(CloudError) as refusal:
        setup.plan("kubernetes")
    assert refusal.value.hint.endswith("add the context gke_acme-ledger_asia-northeast1_ledger to your kubeconfig")


def test_a_namespace_that_is_being_deleted_is_not_worked_in(team: TeamOf) -> None:
    error = refused(team("taken", workloads=[workload("going")]))
    assert error.message == "the namespace going is being deleted, with all objects in the namespace"


@pytest.mark.parametrize(
    ("namespace", "missing"),
    [
        ("new", ["create namespaces on cluster strict"]),
        ("no-create", ["create serviceaccounts on no-create in cluster strict"]),
        ("no-patch", ["patch serviceaccounts on no-patch in cluster strict"]),
    ],
)
def test_what_the_cluster_does_not_allow_is_known_before_anything_is_tried(
    team: TeamOf, namespace: str, missing: list[str]
) -> None:
    assert lacking(team("strict", workloads=[workload(namespace)], node_pools=())) == missing


def test_a_read_that_the_cluster_does_not_allow_is_refused_in_its_words(team: TeamOf) -> None:
    error = refused(team("strict", workloads=[workload("no-get")]))
    assert (error.status, error.reason) == (403, "Forbidden")
    assert 'serviceaccounts "scorer" is forbidden: User "operator@acme.example" cannot get resource' in error.message
    assert "RBAC" in error.hint


def test_pods_that_may_not_be_read_are_told_of_as_all_of_them(team: TeamOf) -> None:
    change = team("strict", workloads=[workload("no-create")]).change("node pool's metadata mode")
    assert str(change.resource.impact(change)) == (
        "GKE recreates 3 nodes of default-pool (surge 1); all pods on the nodes move"
    )
    (loss,) = change.resource.losers(change)
    assert loss.startswith("the wizard could not read the pods on default-pool (nodes is forbidden: ")
    assert loss.endswith(f"that they have through their nodes' service account, {NODES}")


def test_a_private_endpoint_that_gives_no_answer_is_told_as_one(team: TeamOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.clouds.kubernetes.CONNECT", 0.1)
    monkeypatch.setattr("wizard.clouds.kubernetes.RETRY_FOR", 0.1)
    send = httpx2.HTTPTransport.handle_request

    def outside_of_its_network(transport: httpx2.HTTPTransport, request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "10.128.0.3":
            raise httpx2.ConnectTimeout("timed out")
        return send(transport, request)

    monkeypatch.setattr(httpx2.HTTPTransport, "handle_request", outside_of_its_network)
    monkeypatch.setattr("wizard.clouds.way_out._proxy", lambda *_: ("", ""))  # that of the sandbox
    setup = team("private", without=("KUBECONFIG",))
    with pytest.raises(Unreachable) as refusal:
        setup.plan("kubernetes")
    assert refusal.value.message.startswith("https://10.128.0.3 did not answer (the endpoint of private in the GKE API")
    assert refusal.value.hint.startswith("10.128.0.3 is the cluster's private endpoint")
