"""Watches: what is there, what comes, and from which version on."""

import asyncio
import json
from typing import Any

from tests.sandbox.kubernetes.world import PATIENCE, Kube, OneOff
from wizard.sandbox.kubernetes.store import REMEMBERED

ACCOUNTS = "/api/v1/namespaces/anti-fraud/serviceaccounts"


async def events(kube: Kube, url: str, count: int) -> list[tuple[str, str]]:
    """The first events of a watch: type and name."""
    reply = await kube("GET", url)
    assert reply.stream is not None
    seen: list[tuple[str, str]] = []
    async with asyncio.timeout(PATIENCE):
        async for line in reply.stream:
            event: Any = json.loads(line)
            seen.append((event["type"], event["object"]["metadata"]["name"]))
            if len(seen) == count:
                break
    return seen


async def test_a_watch_without_a_version_begins_with_what_is_there(kube: Kube) -> None:
    assert await events(kube, f"{ACCOUNTS}?watch=true", 3) == [
        ("ADDED", "default"),
        ("ADDED", "modeler"),
        ("ADDED", "scorer"),
    ]


async def test_a_watch_goes_on_from_a_version(kube: Kube) -> None:
    version = (await kube.ok("GET", ACCOUNTS))["metadata"]["resourceVersion"]
    watching = asyncio.create_task(events(kube, f"{ACCOUNTS}?watch=1&resourceVersion={version}", 3))
    await kube.ok("POST", ACCOUNTS, {"metadata": {"name": "model"}})
    await kube.ok("POST", "/api/v1/namespaces/default/serviceaccounts", {"metadata": {"name": "elsewhere"}})
    patch = {"metadata": {"labels": {"a": "b"}}}
    await kube.ok("PATCH", f"{ACCOUNTS}/model", patch, media="application/merge-patch+json")
    await kube.ok("DELETE", f"{ACCOUNTS}/model")
    assert await watching == [("ADDED", "model"), ("MODIFIED", "model"), ("DELETED", "model")]


async def test_a_watch_ends_when_its_time_is_over(kube: Kube) -> None:
    version = kube.api.state.store.version
    url = f"{ACCOUNTS}?watch=1&resourceVersion={version}&timeoutSeconds=1"
    assert await events(kube, url, 1) == []


async def test_a_pods_life_can_be_watched(kube: Kube) -> None:
    pod = OneOff(kube, request={"form": "gke", "metadata_patience": 0})
    version = kube.api.state.store.version
    await pod.create()
    await pod.until("Failed", "Succeeded")
    field = f"fieldSelector=metadata.name%3D{pod.name}"
    reply = await kube("GET", f"{pod.url.rpartition('/')[0]}?watch=1&{field}&resourceVersion={version}")
    assert reply.stream is not None
    phases: list[str] = []
    async for line in reply.stream:
        phases.append(json.loads(line)["object"]["status"]["phase"])
        if phases[-1] in ("Failed", "Succeeded"):
            break
    assert list(dict.fromkeys(phases))[:2] == ["Pending", "Running"]


async def test_a_version_that_is_too_old_is_told(kube: Kube) -> None:
    for index in range(REMEMBERED + 100):
        kube.api.state.store.put(
            next(kind for kind in kube.api.state.store._objects if kind.kind == "ServiceAccount"),
            {"metadata": {"name": "busy", "namespace": "anti-fraud", "labels": {"n": str(index)}}},
        )
    assert (await kube.refused("GET", f"{ACCOUNTS}?watch=1&resourceVersion=1001"))[:2] == (410, "Expired")
