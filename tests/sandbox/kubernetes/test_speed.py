"""What a read costs does not grow with what else is in the cluster."""

from typing import Any

import pytest

from tests.sandbox.kubernetes.world import Kube
from wizard.sandbox.kubernetes import rbac
from wizard.sandbox.kubernetes.deployments import Deployments
from wizard.sandbox.kubernetes.requester import Wish

DEPLOYMENTS = "/apis/apps/v1/namespaces/anti-fraud/deployments"


def deployment(name: str) -> dict[str, Any]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "a:1"}]}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": name}, "spec": spec}


async def test_controllers_look_only_at_what_has_changed(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    settle = Deployments.settle

    def counted(self: Deployments, item: Any) -> None:
        looked.append(item["metadata"]["name"])
        settle(self, item)

    for index in range(20):
        await kube.ok("POST", DEPLOYMENTS, deployment(f"app-{index}"))
    monkeypatch.setattr(Deployments, "settle", counted)
    for _ in range(5):
        await kube.ok("GET", f"{DEPLOYMENTS}/app-1")
    assert looked == []
    await kube.ok("POST", DEPLOYMENTS, deployment("one-more"))
    assert set(looked) == {"one-more"}
    looked.clear()
    change = {"spec": {"template": {"metadata": {"annotations": {"a": "b"}}}}}
    await kube.ok("PATCH", f"{DEPLOYMENTS}/app-1", change, media="application/merge-patch+json")
    assert set(looked) == {"app-1"}


async def test_a_new_service_account_wakes_its_namespace_only(kube: Kube) -> None:
    waiting = deployment("waiting")
    waiting["spec"]["template"]["spec"]["serviceAccountName"] = "later"
    await kube.ok("POST", DEPLOYMENTS, waiting)
    assert (await kube.ok("GET", f"{DEPLOYMENTS}/waiting"))["status"]["readyReplicas"] == 0
    await kube.ok("POST", "/api/v1/namespaces/anti-fraud/serviceaccounts", {"metadata": {"name": "later"}})
    assert (await kube.ok("GET", f"{DEPLOYMENTS}/waiting"))["status"]["readyReplicas"] == 1


async def test_access_costs_the_same_however_much_there_is(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    token = (await kube.ok("POST", "/api/v1/namespaces/anti-fraud/serviceaccounts/scorer/token", {}))["status"]["token"]
    reference = {"kind": "ClusterRole", "name": "view"}
    subject = {"kind": "ServiceAccount", "name": "scorer", "namespace": "anti-fraud"}
    bindings = "/apis/rbac.authorization.k8s.io/v1/namespaces/anti-fraud/rolebindings"
    await kube.ok("POST", bindings, {"metadata": {"name": "b"}, "roleRef": reference, "subjects": [subject]})
    looked: list[str] = []
    covers = rbac.covers

    def counted(rule: rbac.Rule, wish: Wish) -> bool:
        looked.append(wish.resource)
        return covers(rule, wish)

    monkeypatch.setattr(rbac, "covers", counted)
    await kube.ok("GET", DEPLOYMENTS, token=token)
    before = len(looked)
    for index in range(20):
        await kube.ok("POST", DEPLOYMENTS, deployment(f"app-{index}"))
    assert len(looked) == before  # IAM allows the operator, so nothing of the roles is read
    looked.clear()
    await kube.ok("GET", DEPLOYMENTS, token=token)
    assert len(looked) == before > 0
