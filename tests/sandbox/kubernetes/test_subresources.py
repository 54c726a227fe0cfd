"""Parts of objects: scale, status, eviction, finalizers; and what the sandbox does not have."""

import asyncio
from typing import Any

import pytest

from tests.sandbox.kubernetes.world import PATIENCE, Kube

NAMESPACE = "/api/v1/namespaces/anti-fraud"
SCORER = "/apis/apps/v1/namespaces/anti-fraud/deployments/scorer"
BUDGETS = "/apis/policy/v1/namespaces/anti-fraud/poddisruptionbudgets"
MERGE = "application/merge-patch+json"


async def names_of(kube: Kube, url: str) -> list[str]:
    return [each["metadata"]["name"] for each in (await kube.ok("GET", url))["items"]]


async def test_a_scale_is_read_and_changed(kube: Kube) -> None:
    scale = await kube.ok("GET", f"{SCORER}/scale")
    assert (scale["kind"], scale["apiVersion"]) == ("Scale", "autoscaling/v1")
    assert (scale["spec"], scale["status"]) == ({"replicas": 2}, {"replicas": 2, "selector": "app=scorer"})
    scale["spec"]["replicas"] = 3
    assert (await kube.ok("PUT", f"{SCORER}/scale", scale))["spec"] == {"replicas": 3}
    assert (await kube.refused("PUT", f"{SCORER}/scale", scale))[:2] == (409, "Conflict")
    await kube.ok("PATCH", f"{SCORER}/scale", {"spec": {"replicas": 0}}, media=MERGE)
    assert (await kube.ok("GET", SCORER))["spec"]["replicas"] == 0
    assert await names_of(kube, f"{NAMESPACE}/pods") == []
    assert (await kube.refused("PUT", f"{SCORER}/scale", {"spec": {"replicas": "two"}}))[0] == 400


async def test_a_status_is_changed_by_itself(kube: Kube) -> None:
    budget = {"metadata": {"name": "b"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "x"}}}}
    await kube.ok("POST", BUDGETS, budget)
    job = {"metadata": {"name": "j"}, "spec": {"suspend": True, "template": template()}}
    jobs = "/apis/batch/v1/namespaces/anti-fraud/jobs"
    await kube.ok("POST", jobs, job)
    patch = {"spec": {"suspend": False}, "status": {"active": 7}}
    changed = await kube.ok("PATCH", f"{jobs}/j/status", patch, media=MERGE)
    assert (changed["spec"]["suspend"], changed["status"]["active"]) == (True, 7)
    assert (await kube.ok("GET", f"{jobs}/j/status"))["status"]["active"] == 7
    nameless = {"status": {"conditions": [{"status": "True"}]}}
    refused = await kube.refused("PATCH", f"{jobs}/j/status", nameless, media=MERGE)
    assert (refused[0], "status.conditions[0].type: Required value" in refused[2]) == (422, True)


def template() -> dict[str, Any]:
    containers = [{"name": "a", "image": "a:1"}]
    return {"spec": {"restartPolicy": "Never", "containers": containers}}


@pytest.mark.parametrize(
    ("budget", "allowed"),
    [({"minAvailable": 2}, 0), ({"minAvailable": "50%"}, 1), ({"maxUnavailable": 1}, 1), ({"maxUnavailable": 0}, 0)],
)
async def test_a_budget_holds_evictions_up(kube: Kube, budget: dict[str, Any], allowed: int) -> None:
    selector = {"matchLabels": {"app": "scorer"}}
    await kube.ok("POST", BUDGETS, {"metadata": {"name": "b"}, "spec": {**budget, "selector": selector}})
    assert (await kube.ok("GET", f"{BUDGETS}/b"))["status"]["disruptionsAllowed"] == allowed
    pods = await names_of(kube, f"{NAMESPACE}/pods")
    reply = await kube("POST", f"{NAMESPACE}/pods/{pods[0]}/eviction", {"metadata": {"name": pods[0]}})
    assert reply.status == (201 if allowed else 429)
    left = await names_of(kube, f"{NAMESPACE}/pods")
    assert (pods[0] in left, len(left)) == (not allowed, 2)


async def test_a_finalizer_keeps_an_object_until_it_is_taken_off(kube: Kube) -> None:
    maps = f"{NAMESPACE}/configmaps"
    await kube.ok("POST", maps, {"metadata": {"name": "c", "finalizers": ["acme.example/hold"]}})
    assert (await kube.ok("DELETE", f"{maps}/c"))["metadata"]["deletionTimestamp"]
    assert "deletionTimestamp" in (await kube.ok("GET", f"{maps}/c"))["metadata"]
    await kube.ok("PATCH", f"{maps}/c", {"metadata": {"finalizers": None}}, media=MERGE)
    assert (await kube.refused("GET", f"{maps}/c"))[0] == 404


async def test_a_namespace_waits_for_the_finalizers_in_it(kube: Kube) -> None:
    await kube.ok("POST", "/api/v1/namespaces", {"metadata": {"name": "lab"}})
    maps = "/api/v1/namespaces/lab/configmaps"
    await kube.ok("POST", maps, {"metadata": {"name": "c", "finalizers": ["acme.example/hold"]}})
    kube.world.settings.operation = 0.0
    await kube.ok("DELETE", "/api/v1/namespaces/lab")
    async with asyncio.timeout(PATIENCE):
        while "conditions" not in (namespace := await kube.ok("GET", "/api/v1/namespaces/lab"))["status"]:
            await asyncio.sleep(0.01)
    reasons = {each["type"]: each["message"] for each in namespace["status"]["conditions"]}
    assert "configmaps has 1 resource instances" in reasons["NamespaceContentRemaining"]
    assert "acme.example/hold in 1 resource instances" in reasons["NamespaceFinalizersRemaining"]
    await kube.ok("PATCH", f"{maps}/c", {"metadata": {"finalizers": None}}, media=MERGE)
    assert (await kube.refused("GET", "/api/v1/namespaces/lab"))[0] == 404


async def test_a_namespace_that_is_stuck_can_be_finalized(kube: Kube) -> None:
    await kube.ok("PUT", "/api/v1/namespaces/ending/finalize", {"metadata": {"name": "ending"}, "spec": {}})
    assert (await kube.refused("GET", "/api/v1/namespaces/ending"))[0] == 404


async def test_orphans_stay(kube: Kube) -> None:
    before = await names_of(kube, f"{NAMESPACE}/pods")
    await kube.ok("DELETE", SCORER, {"propagationPolicy": "Orphan"})
    assert len(await names_of(kube, "/apis/apps/v1/namespaces/anti-fraud/replicasets")) == 1
    assert await names_of(kube, f"{NAMESPACE}/pods") == before


@pytest.mark.parametrize(
    ("method", "path", "what"),
    [
        ("GET", f"{NAMESPACE}/pods/p/exec?command=ls", "pods/exec"),
        ("POST", f"{NAMESPACE}/pods/p/portforward", "pods/portforward"),
        ("POST", f"{NAMESPACE}/pods/p/attach", "pods/attach"),
        ("GET", f"{NAMESPACE}/pods/p/proxy/index.html", "pods/proxy"),
        ("GET", f"{NAMESPACE}/services/s/proxy/a/b", "services/proxy"),
        ("PATCH", f"{NAMESPACE}/pods/p/ephemeralcontainers", "pods/ephemeralcontainers"),
        ("POST", "/api/v1/nodes", "way to create nodes"),
        ("GET", "/metrics", "/metrics"),
    ],
)
async def test_what_the_sandbox_lacks_is_said_in_one_sentence(kube: Kube, method: str, path: str, what: str) -> None:
    said = f"the sandbox has no {what}; nothing left this machine"
    assert await kube.refused(method, path) == (501, "NotImplemented", said)


async def test_access_is_checked_before_that(kube: Kube) -> None:
    reader = kube.token("user:reader@acme.example")
    refused = await kube.refused("POST", f"{NAMESPACE}/pods/p/exec", token=reader)
    assert refused[0] == 403 and '"container.pods.exec"' in refused[2]
    refused = await kube.refused("GET", "/metrics", token=reader)
    assert refused[2] == 'forbidden: User "reader@acme.example" cannot get path "/metrics"'


async def test_the_server_is_healthy(kube: Kube) -> None:
    for path in ("/healthz", "/livez", "/readyz"):
        reply = await kube("GET", path)
        assert reply.stream is not None
        assert b"".join([chunk async for chunk in reply.stream]) == b"ok"
