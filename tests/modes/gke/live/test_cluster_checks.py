"""What the doctor observes of a cluster: the nodes' service accounts, old pods, and the same account elsewhere."""

from types import SimpleNamespace
from typing import Any

import pytest

from wizard.clouds.errors import CloudError
from wizard.federation.gke import ClusterName
from wizard.federation.identifiers import PoolName
from wizard.modes.gke.live import cluster_checks, users
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.live.users import OldPod

POOL = "acme-payments.svc.id.goog"
OWN = ClusterName("acme-payments", "asia-northeast1", "payments")
EDITOR = "roles/editor"
NODES = "123456789012-compute@developer.gserviceaccount.com"


def observed(monkeypatch: pytest.MonkeyPatch, about: str, **world: Any) -> Any:
    """What the checks whose name has `about` find, in a world of a cluster, its policy and the other clusters."""
    workload = SimpleNamespace(namespace="anti-fraud", service_account="scorer", title="anti-fraud/scorer")
    setup = SimpleNamespace(
        workloads=[workload],
        cluster_name=OWN,
        google=SimpleNamespace(project="acme-payments"),
        gke=SimpleNamespace(cluster="payments"),
    )
    blueprint: Any = SimpleNamespace(setup=setup, pool=PoolName("123456789012", POOL))

    def cluster(_: ClusterReads) -> Any:
        if "cluster" not in world:
            raise CloudError("container", "get", 404, "NOT_FOUND", "no such cluster")
        return world["cluster"]

    monkeypatch.setattr(ClusterReads, "cluster", cluster)
    monkeypatch.setattr(ClusterReads, "clusters", lambda _: world["clusters"])
    monkeypatch.setattr(ClusterReads, "accounts_of", lambda _, name: world["accounts"][name.cluster])
    monkeypatch.setattr(users, "old_pods", lambda *_: world["old"])
    policy = {"bindings": world.get("bindings", [])}
    clouds: Any = SimpleNamespace(google=SimpleNamespace(call=lambda *_, **__: policy), facts=None)
    checks = [check for check in cluster_checks.of(blueprint, clouds) if about in check.about]
    return [observation for check in checks for observation in check.look()]


@pytest.mark.parametrize(
    ("config", "members", "found"),
    [
        ({}, [f"serviceAccount:{NODES}"], True),
        ({"serviceAccount": "default"}, [f"serviceAccount:{NODES}"], True),
        ({"serviceAccount": "nodes@acme.example"}, ["serviceAccount:nodes@acme.example"], True),
        ({"serviceAccount": "nodes@acme.example"}, [f"serviceAccount:{NODES}"], False),
        ({}, ["serviceAccount:other@acme.example"], False),
    ],
)
def test_nodes_with_editor_are_a_risk(
    monkeypatch: pytest.MonkeyPatch, config: dict[str, str], members: list[str], found: bool
) -> None:
    cluster = {"nodePools": [{"name": "default-pool", "config": config}]}
    bindings = [{"role": EDITOR, "members": members}, {"role": "roles/viewer", "members": [f"serviceAccount:{NODES}"]}]
    risks = observed(monkeypatch, "nodes", cluster=cluster, bindings=bindings)
    assert [risk.code for risk in risks] == ["WIF1007"] * found
    assert all("default-pool" in risk.evidence[0] and EDITOR in risk.evidence[0] for risk in risks)


def test_a_cluster_that_does_not_exist_has_no_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert observed(monkeypatch, "nodes") == []


@pytest.mark.parametrize(
    ("owner", "fix"),
    [
        ("Deployment scorer", "kubectl --namespace=anti-fraud rollout restart deployment/scorer"),
        ("StatefulSet ledger", "kubectl --namespace=anti-fraud delete pod a-1"),
        ("CronJob nightly", ""),
    ],
)
def test_an_old_pod_is_a_fault(monkeypatch: pytest.MonkeyPatch, owner: str, fix: str) -> None:
    (old,) = observed(monkeypatch, "pods in", old=[OldPod("a-1", owner, "default")])
    assert old.code == "WIF0906"
    assert old.fix.endswith(fix)
    assert bool(old.fix) == bool(fix)
    assert "runs as anti-fraud/default" in old.evidence[0]


def test_the_same_account_in_another_cluster_of_the_pool_is_a_risk(monkeypatch: pytest.MonkeyPatch) -> None:
    def listed(name: str, pool: str = POOL) -> dict[str, Any]:
        return {"name": name, "location": "asia-northeast1", "workloadIdentityConfig": {"workloadPool": pool}}

    clusters = [listed("payments"), listed("staging"), listed("empty"), listed("other", "other.svc.id.goog")]
    same = ("anti-fraud", "scorer")
    accounts = {"staging": {same}, "empty": set(), "other": {same}, "payments": {same}}
    (risk,) = observed(monkeypatch, "other clusters", clusters=clusters, accounts=accounts)
    assert risk.code == "WIF1009"
    assert "staging" in risk.evidence[0]
