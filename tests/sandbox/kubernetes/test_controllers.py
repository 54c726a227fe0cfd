"""What has pods made beside deployments: stateful sets, daemon sets, jobs and cron jobs."""

from typing import Any

import pytest

from tests.sandbox.kubernetes.world import Kube

APPS, BATCH = "/apis/apps/v1/namespaces/anti-fraud", "/apis/batch/v1/namespaces/anti-fraud"
PODS = "/api/v1/namespaces/anti-fraud/pods"
STRATEGIC = "application/strategic-merge-patch+json"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
URLS = {
    "StatefulSet": f"{APPS}/statefulsets",
    "DaemonSet": f"{APPS}/daemonsets",
    "Job": f"{BATCH}/jobs",
    "CronJob": f"{BATCH}/cronjobs",
}


def manifest(kind: str, name: str = "ledger", **more: Any) -> dict[str, Any]:
    """One container that does nothing."""
    pod: dict[str, Any] = {"containers": [{"name": name, "image": "ledger:1"}]}
    if kind in ("Job", "CronJob"):
        pod["restartPolicy"] = "Never"
    template = {"metadata": {"labels": {"app": name}}, "spec": pod}
    spec: dict[str, Any] = {"template": template}
    if kind == "CronJob":
        spec = {"schedule": "0 2 * * *", "jobTemplate": {"spec": spec}}
    if kind in ("StatefulSet", "DaemonSet"):
        spec["selector"] = {"matchLabels": {"app": name}}
    return {"metadata": {"name": name}, "spec": spec | more}


def as_whom(kind: str) -> dict[str, Any]:
    """A patch that names a service account."""
    spec: dict[str, Any] = {"template": {"spec": {"serviceAccountName": "scorer"}}}
    return {"spec": {"jobTemplate": {"spec": spec}} if kind == "CronJob" else spec}


async def pods(kube: Kube) -> dict[str, Any]:
    """The pods of the ledger, by name."""
    found = (await kube.ok("GET", f"{PODS}?labelSelector=app%3Dledger"))["items"]
    return {each["metadata"]["name"]: each for each in found}


async def uids(kube: Kube) -> dict[str, str]:
    """The IDs of these pods, by name."""
    return {name: str(pod["metadata"]["uid"]) for name, pod in (await pods(kube)).items()}


@pytest.mark.parametrize("kind", URLS)
async def test_each_kind_is_created_listed_and_deleted(kube: Kube, kind: str) -> None:
    made = await kube.ok("POST", URLS[kind], manifest(kind))
    assert made["kind"] == kind
    assert [each["metadata"]["name"] for each in (await kube.ok("GET", URLS[kind]))["items"]] == ["ledger"]
    table = await kube.ok("GET", URLS[kind], accept=TABLE)
    assert table["rows"][0]["cells"][0] == "ledger"
    await kube.ok("DELETE", f"{URLS[kind]}/ledger")
    assert not await pods(kube)


async def test_pods_stay_until_they_are_deleted_if_the_update_strategy_says_so(kube: Kube) -> None:
    made = manifest("StatefulSet", replicas=2)
    made["spec"]["updateStrategy"] = {"type": "OnDelete"}
    await kube.ok("POST", URLS["StatefulSet"], made)
    before = await uids(kube)
    await kube.ok("PATCH", f"{URLS['StatefulSet']}/ledger", as_whom("StatefulSet"), media=STRATEGIC)
    assert await uids(kube) == before
    status = (await kube.ok("GET", f"{URLS['StatefulSet']}/ledger"))["status"]
    assert (status["updatedReplicas"], status["currentReplicas"], status["readyReplicas"]) == (0, 2, 2)
    assert status["currentRevision"] != status["updateRevision"]

    await kube.ok("DELETE", f"{PODS}/ledger-0")

    after = await uids(kube)
    assert after["ledger-0"] != before["ledger-0"]
    assert after["ledger-1"] == before["ledger-1"]
    assert (await kube.ok("GET", f"{URLS['StatefulSet']}/ledger"))["status"]["updatedReplicas"] == 1


async def test_a_stateful_set_keeps_the_names_of_its_pods(kube: Kube) -> None:
    await kube.ok("POST", URLS["StatefulSet"], manifest("StatefulSet", replicas=2))
    before = await pods(kube)
    assert list(before) == ["ledger-0", "ledger-1"]
    patched = await kube.ok("PATCH", f"{URLS['StatefulSet']}/ledger", as_whom("StatefulSet"), media=STRATEGIC)
    after = await pods(kube)
    assert [each["spec"]["serviceAccountName"] for each in after.values()] == ["scorer", "scorer"]
    assert {each["metadata"]["uid"] for each in before.values()}.isdisjoint(
        each["metadata"]["uid"] for each in after.values()
    )
    assert patched["status"]["readyReplicas"] == 2
    await kube.ok("PATCH", f"{URLS['StatefulSet']}/ledger", {"spec": {"replicas": 1}}, media=STRATEGIC)
    assert list(await pods(kube)) == ["ledger-0"]


async def test_a_daemon_set_has_a_pod_on_each_node(kube: Kube) -> None:
    await kube.ok("POST", URLS["DaemonSet"], manifest("DaemonSet"))
    nodes = {each["metadata"]["name"] for each in (await kube.ok("GET", "/api/v1/nodes"))["items"]}
    assert {each["spec"]["nodeName"] for each in (await pods(kube)).values()} == nodes
    status = (await kube.ok("GET", f"{URLS['DaemonSet']}/ledger"))["status"]
    assert status["desiredNumberScheduled"] == status["numberAvailable"] == len(nodes)
    kube.cluster.node_pools["default-pool"].mode = "GCE_METADATA"
    anew = {each["metadata"]["name"] for each in (await kube.ok("GET", "/api/v1/nodes"))["items"]}
    assert anew != nodes
    assert {each["spec"]["nodeName"] for each in (await pods(kube)).values()} == anew


async def test_a_cron_job_takes_another_service_account_and_a_job_does_not(kube: Kube) -> None:
    for kind in ("CronJob", "Job"):
        await kube.ok("POST", URLS[kind], manifest(kind))
    patched = await kube.ok("PATCH", f"{URLS['CronJob']}/ledger", as_whom("CronJob"), media=STRATEGIC)
    assert patched["spec"]["jobTemplate"]["spec"]["template"]["spec"]["serviceAccountName"] == "scorer"
    assert patched["spec"]["schedule"] == "0 2 * * *"
    refused = await kube("PATCH", f"{URLS['Job']}/ledger", as_whom("Job"), media=STRATEGIC)
    assert refused.status == 422 and refused.body is not None
    assert [each["field"] for each in refused.body["details"]["causes"]] == ["spec.template"]
    assert (await kube("PATCH", f"{URLS['Job']}/ledger", {"spec": {"suspend": True}}, media=STRATEGIC)).status == 200


@pytest.mark.parametrize(
    ("kind", "spec", "field"),
    [
        ("StatefulSet", {"selector": {"matchLabels": {"app": "other"}}}, "spec.template.metadata.labels"),
        ("StatefulSet", {"replicas": 1000}, "spec.replicas"),
        ("DaemonSet", {"template": {}}, "spec.template.spec.containers"),
        (
            "Job",
            {"template": {"spec": {"containers": [{"name": "a", "image": "a"}]}}},
            "spec.template.spec.restartPolicy",
        ),
        ("CronJob", {"schedule": ""}, "spec.schedule"),
        ("CronJob", {"jobTemplate": {}}, "spec.jobTemplate.spec.template.spec.containers"),
    ],
)
async def test_what_cannot_be_is_refused(kube: Kube, kind: str, spec: dict[str, Any], field: str) -> None:
    refused = await kube("POST", URLS[kind], manifest(kind, **spec))
    assert refused.status == 422 and refused.body is not None
    assert field in [each["field"] for each in refused.body["details"]["causes"]]
