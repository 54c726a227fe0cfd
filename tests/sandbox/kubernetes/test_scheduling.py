"""Where pods go, who adopts them, and jobs that end."""

import asyncio
from typing import Any

import pytest

from tests.sandbox.kubernetes.world import PATIENCE, Kube, OneOff

NAMESPACE = "/api/v1/namespaces/anti-fraud"
PODS, NODES = f"{NAMESPACE}/pods", "/api/v1/nodes"
APPS, JOBS = "/apis/apps/v1/namespaces/anti-fraud", "/apis/batch/v1/namespaces/anti-fraud/jobs"
MERGE = "application/merge-patch+json"
TOLERATES = [{"key": "dedicated", "operator": "Exists"}]


def pod(name: str, labels: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    containers = [{"name": "a", "image": "a:1"}]
    return {"metadata": {"name": name, "labels": labels or {}}, "spec": {"containers": containers, **spec}}


async def nodes(kube: Kube, pool: str) -> list[str]:
    found = (await kube.ok("GET", f"{NODES}?labelSelector=cloud.google.com%2Fgke-nodepool%3D{pool}"))["items"]
    return [node["metadata"]["name"] for node in found]


def on_pool(pool: str) -> dict[str, Any]:
    requirement = {"key": "cloud.google.com/gke-nodepool", "operator": "In", "values": [pool]}
    required = {"nodeSelectorTerms": [{"matchExpressions": [requirement]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}


async def test_taints_keep_pods_away_that_do_not_tolerate_them(kube: Kube) -> None:
    for name in [*await nodes(kube, "default-pool"), *await nodes(kube, "old-pool")]:
        taint = {"key": "dedicated", "value": "batch", "effect": "NoSchedule"}
        await kube.ok("PATCH", f"{NODES}/{name}", {"spec": {"taints": [taint]}}, media=MERGE)
    await kube.ok("POST", PODS, pod("kept-out"))
    async with asyncio.timeout(PATIENCE):
        while not (waiting := await kube.ok("GET", f"{PODS}/kept-out"))["status"].get("conditions"):
            await asyncio.sleep(0.01)
    assert waiting["status"]["phase"] == "Pending"
    said = waiting["status"]["conditions"][0]["message"]
    assert said.startswith("0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: batch}.")
    made = await kube.ok("POST", PODS, pod("let-in", tolerations=TOLERATES))
    assert made["status"]["phase"] == "Running"


async def test_affinity_to_nodes_and_a_nodes_name_are_kept_to(kube: Kube) -> None:
    made = await kube.ok("POST", PODS, pod("by-affinity", affinity=on_pool("old-pool")))
    [old] = await nodes(kube, "old-pool")
    assert made["spec"]["nodeName"] == old
    made = await kube.ok("POST", PODS, pod("by-name", nodeName=old))
    assert made["spec"]["nodeName"] == old


async def test_a_cordoned_node_takes_no_new_pods(kube: Kube) -> None:
    [old] = await nodes(kube, "old-pool")
    await kube.ok("PATCH", f"{NODES}/{old}", {"spec": {"unschedulable": True}}, media=MERGE)
    made = await kube.ok("POST", PODS, pod("late", affinity=on_pool("old-pool")))
    assert made["status"]["phase"] == "Pending"


def replica_set(name: str = "web", replicas: int = 1) -> dict[str, Any]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod("x")["spec"]}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": name}, "spec": spec}


async def test_a_stray_pod_that_matches_is_adopted_and_one_too_many_ends(kube: Kube) -> None:
    await kube.ok("POST", f"{APPS}/replicasets", replica_set())
    await kube.ok("POST", PODS, pod("stray", {"app": "web"}, readinessGates=[{"conditionType": "x/never"}]))
    names = [each["metadata"]["name"] for each in (await kube.ok("GET", f"{PODS}?labelSelector=app%3Dweb"))["items"]]
    assert len(names) == 1 and "stray" not in names, "the one that is not ready ends"
    await kube.ok("PATCH", f"{APPS}/replicasets/web", {"spec": {"replicas": 2}}, media=MERGE)
    await kube.ok("POST", f"{APPS}/replicasets", replica_set("idle", 0))
    made = await kube("POST", PODS, pod("gone", {"app": "idle"}))
    assert made.status == 201
    assert (await kube("GET", f"{PODS}/gone")).status == 404


async def test_a_pod_that_a_job_controls_is_not_adopted(kube: Kube) -> None:
    await kube.ok("POST", f"{APPS}/replicasets", replica_set())
    carrier = OneOff(kube, "probe").manifest()
    template = {"metadata": {"labels": {"app": "web"}}, "spec": carrier["spec"]}
    await kube.ok("POST", JOBS, {"metadata": {"name": "probe"}, "spec": {"template": template}})
    owners = {
        each["metadata"]["ownerReferences"][0]["kind"]
        for each in (await kube.ok("GET", f"{PODS}?labelSelector=app%3Dweb"))["items"]
    }
    assert owners == {"ReplicaSet", "Job"}


async def test_a_job_ends_and_goes(kube: Kube) -> None:
    template = {"spec": {"restartPolicy": "Never", **pod("x")["spec"]}}
    spec = {"template": template, "completions": 2, "ttlSecondsAfterFinished": 0}
    await kube.ok("POST", JOBS, {"metadata": {"name": "kept"}, "spec": {"template": template}})
    kept = await kube.ok("GET", f"{JOBS}/kept")
    assert kept["status"]["conditions"][0]["type"] == "Complete" and kept["status"]["succeeded"] == 1
    await kube.ok("POST", JOBS, {"metadata": {"name": "brief"}, "spec": spec})
    async with asyncio.timeout(PATIENCE):
        while (await kube("GET", f"{JOBS}/brief")).status != 404:
            await asyncio.sleep(0.01)
    assert not (await kube.ok("GET", f"{PODS}?labelSelector=job-name%3Dbrief"))["items"]


async def test_a_suspended_job_has_no_pods(kube: Kube) -> None:
    template = {"spec": {"restartPolicy": "Never", **pod("x")["spec"]}}
    await kube.ok("POST", JOBS, {"metadata": {"name": "later"}, "spec": {"suspend": True, "template": template}})
    assert not (await kube.ok("GET", f"{PODS}?labelSelector=job-name%3Dlater"))["items"]
    await kube.ok("PATCH", f"{JOBS}/later", {"spec": {"suspend": False}}, media=MERGE)
    assert (await kube.ok("GET", f"{JOBS}/later"))["status"]["succeeded"] == 1


@pytest.mark.parametrize("field", ["runtimeClassName", "priorityClassName"])
async def test_a_class_that_is_not_there_is_refused(kube: Kube, field: str) -> None:
    assert (await kube.refused("POST", PODS, pod("p", **{field: "nowhere"})))[0] == 403
