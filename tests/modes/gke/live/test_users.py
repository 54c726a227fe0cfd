"""What already runs with a KSA, and the NetworkPolicies around it."""

from pathlib import Path
from typing import Any

import pytest
from wizard.modes.gke.live.neighbourhood import look

from tests.chain.fakes import FakeCloud, fake_cloud
from tests.modes.gke.live.fake_kubernetes import kubernetes, status
from wizard.modes.gke.live.pod_manifest import LABELS

BASE = "/api/v1/namespaces/anti-fraud/pods"
APPS = "/apis/apps/v1/namespaces/anti-fraud/deployments"
NETWORK = "/apis/networking.k8s.io/v1/namespaces/anti-fraud/networkpolicies"


def pod_spec(account: str | None, **more: Any) -> dict[str, Any]:
    return {"containers": [{"name": "a"}], **({"serviceAccountName": account} if account else {}), **more}


def pod(name: str, account: str, owner: str = "", **labels: str) -> dict[str, Any]:
    kind, _, owned_by = owner.partition(" ")
    references = [{"apiVersion": "apps/v1", "kind": kind, "name": owned_by, "uid": "u"}] if owner else []
    return {"metadata": {"name": name, "labels": labels, "ownerReferences": references}, "spec": pod_spec(account)}


def deployment(name: str, account: str | None, **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": name}}, "spec": pod_spec(account, **spec)}
    return {"metadata": {"name": name}, "spec": {"selector": {"matchLabels": {"app": name}}, "template": template}}


def listed(kind: str, *items: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return 200, {"kind": kind, "apiVersion": "v1", "metadata": {}, "items": list(items)}


@pytest.fixture
def cluster():
    with fake_cloud() as cloud:
        cloud.answers = {BASE: listed("PodList"), APPS: listed("DeploymentList"), NETWORK: listed("NetworkPolicyList")}
        yield cloud


def titles(cluster: FakeCloud, folder: Path, account: str = "scorer") -> list[str]:
    return [each.title for each in look(kubernetes(cluster, folder), "anti-fraud", account).users]


def test_deployments_and_other_owners_are_found_once(cluster: FakeCloud, tmp_path: Path):
    cluster.answers[APPS] = listed("DeploymentList", deployment("scorer", "scorer"), deployment("web", None))
    cluster.answers[BASE] = listed(
        "PodList",
        pod("scorer-1-a", "scorer", "ReplicaSet scorer-1"),
        pod("db-0", "scorer", "StatefulSet db"),
        pod("db-1", "scorer", "StatefulSet db"),
        pod("by-hand", "scorer"),
        pod("other", "other"),
        pod("wif-wizard-probe-1", "scorer", **LABELS),
    )
    assert titles(cluster, tmp_path) == ["Deployment scorer", "StatefulSet db", "Pod by-hand"]
    assert titles(cluster, tmp_path, "default") == ["Deployment web"]


def test_the_hosts_network_is_seen(cluster: FakeCloud, tmp_path: Path):
    cluster.answers[APPS] = listed("DeploymentList", deployment("agent", "scorer", hostNetwork=True))
    assert look(kubernetes(cluster, tmp_path), "anti-fraud", "scorer").host_network == ["Deployment agent"]


def test_policies_are_held_against_the_users_labels(cluster: FakeCloud, tmp_path: Path):
    spec = {"podSelector": {"matchLabels": {"app": "scorer"}}, "policyTypes": ["Egress"]}
    cluster.answers[NETWORK] = listed("NetworkPolicyList", {"metadata": {"name": "shut"}, "spec": spec})
    around = look(kubernetes(cluster, tmp_path), "anti-fraud", "scorer")
    assert around.blocking({"app": "scorer"}, ("169.254.169.252", 988)) == ["shut"]
    assert around.blocking(LABELS, ("169.254.169.252", 988)) == []


def test_what_may_not_be_read_is_told(cluster: FakeCloud, tmp_path: Path):
    for path in (BASE, APPS, NETWORK):
        cluster.answers[path] = status(403, "Forbidden", "is forbidden")
    around = look(kubernetes(cluster, tmp_path), "anti-fraud", "scorer")
    assert around.users == () and len(around.unread) == 3
