"""Pods run the probe and nothing else, as whoever their node and service account make them."""

import asyncio
import json
import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.namespaces import need_namespaces
from tests.sandbox.kubernetes.world import NODES, PATIENCE, POOL, PRINCIPAL, SCENARIO, SCORER, Kube, OneOff, start
from wizard.sandbox.kubernetes import carried_probe
from wizard.sandbox.network import Network

PODS = "/api/v1/namespaces/anti-fraud/pods"
SLEEPER = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"


def asks(**more: Any) -> dict[str, Any]:
    """A request for the probe that names no real endpoint."""
    base = {"resource_manager": "http://127.0.0.1:9/", "bigquery": "http://127.0.0.1:9/"}
    return {"form": "gke", "endpoints": base, "metadata_patience": 0, "permissions": [], **more}


async def test_a_pod_on_a_node_with_the_metadata_server_is_its_own_service_account(kube: Kube) -> None:
    hops = await OneOff(kube, request=asks()).hops()
    assert hops["metadata-server"]["received"]["email"] == POOL
    assert hops["token"]["status"] == "ok"


async def test_a_pod_on_another_node_is_the_node(kube: Kube) -> None:
    pod = OneOff(kube, request=asks(), selector={"cloud.google.com/gke-nodepool": "old-pool"})
    hops = await pod.hops()
    assert hops["metadata-server"]["received"]["email"] == NODES


async def test_a_pod_on_the_hosts_network_is_the_node_too(kube: Kube) -> None:
    hops = await OneOff(kube, request=asks(), spec={"hostNetwork": True}).hops()
    assert hops["metadata-server"]["received"]["email"] == NODES


async def test_an_annotated_service_account_is_the_google_one_once_that_lets_it_through(kube: Kube) -> None:
    refused = await OneOff(kube, name="before", account="modeler", request=asks()).hops()
    assert refused["metadata-server"]["received"]["email"] == SCORER
    assert refused["token"]["status"] == "failed"
    said = refused["token"]["error"]["message"]
    assert said.startswith(
        "Unable to generate access token; IAM returned 403 Forbidden: "
        "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).\n"
        "This error could be caused by a missing IAM policy binding on the target IAM service account."
    )

    kube.grant("roles/iam.workloadIdentityUser", f"serviceAccount:{POOL}[anti-fraud/modeler]", account=SCORER)

    hops = await OneOff(kube, name="after", account="modeler", request=asks()).hops()
    assert hops["token"]["status"] == "ok"


async def test_an_annotation_that_names_no_account_is_told_in_iams_words(kube: Kube) -> None:
    url = "/api/v1/namespaces/anti-fraud/serviceaccounts/modeler"
    ghost = "ghost@acme-payments.iam.gserviceaccount.com"
    patch = {"metadata": {"annotations": {"iam.gke.io/gcp-service-account": ghost}}}
    await kube.ok("PATCH", url, patch, media="application/merge-patch+json")

    hops = await OneOff(kube, account="modeler", request=asks()).hops()

    assert hops["token"]["error"]["message"] == (
        f"Unable to generate access token; IAM returned 404 Not Found: Not found; Gaia id not found for email {ghost}"
    )


@pytest.mark.parametrize("isolate", [True, False])
async def test_a_network_policy_can_keep_a_pod_from_its_metadata_server(kube: Kube, isolate: bool) -> None:
    kube.world.network = Network(isolate)
    policies = "/apis/networking.k8s.io/v1/namespaces/anti-fraud/networkpolicies"
    deny = {"metadata": {"name": "no-egress"}, "spec": {"podSelector": {}, "policyTypes": ["Egress"]}}
    await kube.ok("POST", policies, deny)

    hops = await OneOff(kube, request=asks()).hops()

    assert hops["metadata-server"]["status"] == "failed"
    assert "timed out" in hops["metadata-server"]["error"]["message"]


@pytest.mark.parametrize("isolate", [True, False])
async def test_a_new_pod_waits_for_its_metadata_server(kube: Kube, isolate: bool) -> None:
    kube.world.network = Network(isolate)
    kube.api.state.metadata_after = 0.5
    begun = asyncio.get_running_loop().time()
    hops = await OneOff(kube, request=asks(metadata_patience=PATIENCE)).hops()
    assert hops["metadata-server"]["status"] == "ok"
    assert asyncio.get_running_loop().time() - begun >= 0.5


async def test_a_pod_that_no_node_fits_waits_and_says_why(kube: Kube) -> None:
    old = kube.cluster.node_pools["default-pool"]
    old.mode = None
    pod = OneOff(kube, request=asks())
    await pod.create()
    about = "?fieldSelector=involvedObject.name%3Done-off"
    async with asyncio.timeout(PATIENCE):
        while not (events := (await kube.ok("GET", f"/api/v1/namespaces/anti-fraud/events{about}"))["items"]):
            await asyncio.sleep(0.01)
    assert events[0]["reason"] == "FailedScheduling"
    assert events[0]["message"].startswith("0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/sel")
    assert (await kube.ok("GET", pod.url))["status"]["phase"] == "Pending"

    old.mode = "GKE_METADATA"

    assert (await pod.until("Succeeded", "Failed"))["spec"]["nodeName"]


async def test_nothing_but_the_probe_is_run(kube: Kube, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    program = f"open({str(trace)!r}, 'w')"
    commands = (
        ["python3", "-c", program],
        ["python3", "-c", carried_probe.probe_text() + program],
        ["sh", "-c", f"touch {trace}"],
        ["python3", "-m", "http.server", "-c", carried_probe.probe_text()],
        ["python3", str(trace), "-c", carried_probe.probe_text()],
    )
    for index, command in enumerate(commands):
        containers = [{"name": "c", "image": "python", "command": command}]
        pod = OneOff(kube, name=f"p{index}", spec={"containers": containers})
        await pod.create()
        assert (await pod.until("Succeeded", "Failed"))["status"]["phase"] == "Succeeded"
        assert "The sandbox runs no program but the wizard's probe" in await pod.log()
    assert not trace.exists()


GOOGLE_AUTH = """
import json, os
import google.auth, google.auth.transport.requests
credentials, project = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
credentials.refresh(google.auth.transport.requests.Request())
named = [name for name in os.environ if "GCE" in name or "METADATA" in name]
print(json.dumps([project, credentials.service_account_email, credentials.token, named]))
"""


async def google_auth(kube: Kube, monkeypatch: pytest.MonkeyPatch, **how: Any) -> Any:
    """Who google-auth is in a pod: its project, email and member, and the variables that name a metadata server."""
    monkeypatch.setattr(carried_probe, "probe_text", lambda: GOOGLE_AUTH)
    pod = OneOff(kube, **how)
    manifest = pod.manifest()
    manifest["spec"]["containers"][0] |= {"image": "app", "command": ["python3", "-c", GOOGLE_AUTH]}
    await kube.ok("POST", PODS, manifest)
    await pod.until("Succeeded", "Failed")
    project, email, token, named = json.loads(await pod.log())
    caller = kube.world.tokens.find(token)
    assert caller is not None
    return project, email, caller.member, named


async def test_google_auth_in_a_pod_needs_no_variable(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    need_namespaces()
    member = f"{PRINCIPAL}/subject/ns/anti-fraud/sa/scorer"
    assert await google_auth(kube, monkeypatch) == ("acme-payments", POOL, member, [])
    on_the_host = await google_auth(kube, monkeypatch, name="node", spec={"hostNetwork": True})
    assert on_the_host == ("acme-payments", NODES, f"serviceAccount:{NODES}", [])


async def test_variables_name_the_metadata_server_where_there_are_no_namespaces(
    kube: Kube, monkeypatch: pytest.MonkeyPatch
) -> None:
    kube.world.network = Network(isolate=False)
    project, email, _, named = await google_auth(kube, monkeypatch)
    assert (project, email) == ("acme-payments", POOL)
    assert sorted(named) == ["GCE_METADATA_HOST", "GCE_METADATA_IP", "GCE_METADATA_ROOT"]


async def running(kube: Kube, monkeypatch: pytest.MonkeyPatch, **how: Any) -> tuple[OneOff, int]:
    """A pod whose program does not end by itself, and the id of its process."""
    monkeypatch.setattr(carried_probe, "probe_text", lambda: SLEEPER)
    pod = OneOff(kube, **how)
    manifest = pod.manifest()
    manifest["spec"]["containers"][0]["command"] = ["python3", "-c", SLEEPER]
    await kube.ok("POST", PODS, manifest)
    await pod.until("Running")
    async with asyncio.timeout(PATIENCE):
        while not (printed := await pod.log()).endswith("\n"):
            await asyncio.sleep(0.01)
    return pod, int(printed)


async def gone(pid: int) -> None:
    """Wait until there is no such process."""
    async with asyncio.timeout(PATIENCE):
        while Path(f"/proc/{pid}").exists():
            await asyncio.sleep(0.01)


async def test_deleting_a_pod_ends_its_program(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    pod, pid = await running(kube, monkeypatch)
    await kube.ok("DELETE", pod.url)
    await gone(pid)
    assert (await kube.refused("GET", pod.url))[:2] == (404, "NotFound")


async def test_deleting_its_namespace_does_too(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    _, pid = await running(kube, monkeypatch)
    await kube.ok("DELETE", "/api/v1/namespaces/anti-fraud")
    await gone(pid)


async def test_no_program_outlives_the_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with AsyncExitStack() as stack:
        _, pid = await running(await start(stack, tmp_path), monkeypatch)
        os.kill(pid, 0)
    assert not Path(f"/proc/{pid}").exists()


async def test_a_deadline_ends_a_pod(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    pod, pid = await running(kube, monkeypatch, spec={"activeDeadlineSeconds": 1})
    ended = await pod.until("Failed")
    await gone(pid)
    assert ended["status"]["reason"] == "DeadlineExceeded"


async def test_a_log_can_be_followed_to_the_end(kube: Kube) -> None:
    pod = OneOff(kube, request=asks())
    await pod.create()
    await pod.until("Running", "Succeeded", "Failed")
    lines = (await pod.log("?follow=true")).splitlines()
    assert [json.loads(line)["hop"] for line in lines][-1] == "permission"
    assert (await pod.log("?tailLines=1")).splitlines() == lines[-1:]


async def test_a_pod_needs_a_service_account_that_exists(kube: Kube) -> None:
    status = await kube.refused("POST", PODS, OneOff(kube, account="nobody").manifest())
    why = 'error looking up service account anti-fraud/nobody: serviceaccount "nobody" not found'
    assert status == (403, "Forbidden", f'pods "one-off" is forbidden: {why}')


async def test_autopilot_needs_no_node_selector_and_takes_no_host_network(tmp_path: Path) -> None:
    text = SCENARIO.replace("workload_pool: acme", "autopilot: true\n      workload_pool: acme")
    async with AsyncExitStack() as stack:
        kube = await start(stack, tmp_path, text)
        for pod in (OneOff(kube), OneOff(kube, selector={}, spec={"hostNetwork": True})):
            assert (await kube.refused("POST", PODS, pod.manifest()))[:2] == (403, "Forbidden")
        hops = await OneOff(kube, selector={}, request=asks()).hops()
        assert hops["metadata-server"]["received"]["email"] == POOL


async def test_the_token_of_a_pod_is_the_principal_of_its_service_account(kube: Kube) -> None:
    kube.grant("roles/browser", f"{PRINCIPAL}/subject/ns/anti-fraud/sa/scorer")
    from tests.sandbox.kubernetes.metadata import metadata_of

    async with metadata_of(kube, "scorer") as fetch:
        status, document = await fetch("instance/service-accounts/default/token")
    assert status == 200
    caller = kube.world.tokens.find(json.loads(document)["access_token"])
    assert caller is not None and caller.member == f"{PRINCIPAL}/subject/ns/anti-fraud/sa/scorer"


@pytest.mark.parametrize(
    ("resources", "quality"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "100m"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}, "Burstable"),
    ],
)
async def test_a_pod_has_the_quality_that_its_resources_ask_for(kube: Kube, resources: Any, quality: str) -> None:
    pod = OneOff(kube, spec={"containers": [{"name": "a", "image": "a:1", "resources": resources}]})
    assert (await pod.create())["status"]["qosClass"] == quality
