"""Pods run the user's command with the variables, the volumes and the metadata server of the pod."""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.kubernetes.world import PATIENCE, POOL, Kube, OneOff, start
from wizard.sandbox.kubernetes import pods as pods_module
from wizard.sandbox.kubernetes import volumes as volumes_module
from wizard.sandbox.network import Network

NAMESPACE = "/api/v1/namespaces/anti-fraud"
SHOW = """
import json, os, urllib.request
host = os.environ.get("GCE_METADATA_HOST", "169.254.169.254")
path = "/computeMetadata/v1/instance/service-accounts/default/email"
asked = urllib.request.Request("http://" + host + path, headers={"Metadata-Flavor": "Google"})
email = urllib.request.urlopen(asked).read().decode()
files = {name: open(value).read() for name, value in os.environ.items() if name.endswith("_FILE")}
print(json.dumps({"email": email, "variables": dict(os.environ), "files": files}))
"""
CONTAINER = {"name": "app", "image": "registry.acme.example/app:1.0", "command": ["/app/scorer"]}


def run(kube: Kube, program: str) -> None:
    kube.world.command = [sys.executable, "-I", "-c", program]


def pod(kube: Kube, name: str = "app", policy: str = "Never", container: Any = None, **spec: Any) -> OneOff:
    containers = [{**CONTAINER, **(container or {})}]
    return OneOff(kube, name=name, spec={"containers": containers, "restartPolicy": policy, **spec})


async def shown(one_off: OneOff) -> Any:
    """Run a pod to its end: what its program showed."""
    await one_off.create()
    ended = await one_off.until("Succeeded", "Failed")
    log = await one_off.log()
    assert ended["status"]["phase"] == "Succeeded", log
    return json.loads(log)


async def put(kube: Kube, kind: str, name: str, **more: Any) -> None:
    await kube.ok("POST", f"{NAMESPACE}/{kind}", {"metadata": {"name": name}, **more})


async def settings(kube: Kube) -> None:
    config = {"credential_source": {"file": "/var/run/tokens/token"}, "other": "/var/run/tokens-of-others/token"}
    await put(kube, "configmaps", "settings", data={"REGION": "tokyo", "config.json": json.dumps(config)})
    await put(kube, "secrets", "passwords", stringData={"PASSWORD": "made-up"})


@pytest.mark.parametrize("isolate", [True, False])
async def test_the_users_command_has_the_variables_of_the_pod_and_its_metadata_server(
    kube: Kube, isolate: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/made-up/operator.json")
    kube.world.network = Network(isolate)
    await settings(kube)
    run(kube, SHOW)
    environment = [
        {"name": "TABLE", "value": "sales"},
        {"name": "URL", "value": "//$(P_REGION)/$(TABLE)/$(MISSING)/$$(TABLE)"},
        {"name": "WHO", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
        {"name": "WORD", "valueFrom": {"secretKeyRef": {"name": "passwords", "key": "PASSWORD"}}},
        {"name": "NONE", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "none", "optional": True}}},
    ]
    whole = [{"prefix": "P_", "configMapRef": {"name": "settings"}}]
    seen = await shown(pod(kube, container={"env": environment, "envFrom": whole}))
    own = seen["variables"]
    assert seen["email"] == POOL
    assert (own["TABLE"], own["WHO"], own["WORD"], own["HOSTNAME"]) == ("sales", "anti-fraud", "made-up", "app")
    assert own["URL"] == "//tokyo/sales/$(MISSING)/$(TABLE)"
    assert not {"NONE", "GOOGLE_APPLICATION_CREDENTIALS"} & own.keys()
    assert ("GCE_METADATA_HOST" in own) is not isolate


async def test_volumes_are_files_and_a_configuration_names_the_token_where_it_is(kube: Kube) -> None:
    await settings(kube)
    run(kube, SHOW)
    token = {"serviceAccountToken": {"audience": "https://made-up.example", "path": "token"}}
    mounts = [
        {"name": "tokens", "mountPath": "/var/run/tokens/"},
        {"name": "settings", "mountPath": "/etc/config.json", "subPath": "config.json"},
        {"name": "passwords", "mountPath": "/etc/passwords"},
    ]
    named = {
        "TOKEN_FILE": "/var/run/tokens/token",
        "CONFIG_FILE": "/etc/config.json",
        "PASSWORD_FILE": "/etc/passwords/word",
    }
    seen = await shown(
        pod(
            kube,
            container={
                "env": [{"name": name, "value": value} for name, value in named.items()],
                "volumeMounts": mounts,
            },
            volumes=[
                {"name": "tokens", "projected": {"sources": [token]}},
                {"name": "settings", "configMap": {"name": "settings"}},
                {
                    "name": "passwords",
                    "secret": {"secretName": "passwords", "items": [{"key": "PASSWORD", "path": "word"}]},
                },
                {"name": "empty", "emptyDir": {}},
            ],
        )
    )
    config = json.loads(seen["files"]["CONFIG_FILE"])
    assert config["credential_source"]["file"] == seen["variables"]["TOKEN_FILE"]
    assert config["other"] == "/var/run/tokens-of-others/token"
    assert seen["files"]["TOKEN_FILE"].count(".") == 2
    assert seen["files"]["PASSWORD_FILE"] == "made-up"


async def test_a_container_waits_for_a_config_map_that_is_missing(kube: Kube) -> None:
    run(kube, "print('started')")
    waits = pod(
        kube,
        container={"env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "REGION"}}}]},
    )
    mounts = pod(
        kube,
        name="mounts",
        container={"volumeMounts": [{"name": "settings", "mountPath": "/etc/settings"}]},
        volumes=[{"name": "settings", "configMap": {"name": "settings"}}],
    )
    await waits.create()
    await mounts.create()

    async def reasons() -> list[str]:
        found = [await kube.ok("GET", each.url) for each in (waits, mounts)]
        states = [each["status"].get("containerStatuses", [{"state": {}}])[0]["state"] for each in found]
        return [state.get("waiting", {}).get("reason", "") for state in states]

    async with asyncio.timeout(PATIENCE):
        while await reasons() != ["CreateContainerConfigError", "ContainerCreating"]:
            await asyncio.sleep(0.01)
    events = (await kube.ok("GET", f"{NAMESPACE}/events"))["items"]
    told = {event["involvedObject"]["name"]: event["message"] for event in events if event["type"] == "Warning"}
    assert told == {
        "app": 'Error: configmap "settings" not found',
        "mounts": 'MountVolume.SetUp failed for volume "settings" : configmap "settings" not found',
    }
    await settings(kube)
    for each in (waits, mounts):
        assert (await each.until("Succeeded", "Failed"))["status"]["phase"] == "Succeeded"
        assert await each.log() == "started\n"


async def test_a_program_that_ends_is_restarted_if_the_policy_says_so(
    kube: Kube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pods_module, "FIRST_PAUSE", 0.2)
    run(kube, "import sys; print('no table'); sys.exit(7)")
    always = pod(kube, policy="Always")
    await always.create()
    async with asyncio.timeout(PATIENCE):
        while True:
            status = (await kube.ok("GET", always.url))["status"]
            (container,) = status.get("containerStatuses", [{"state": {}}])
            if container["state"].get("waiting", {}).get("reason") == "CrashLoopBackOff":
                break
            await asyncio.sleep(0.01)
    assert (status["phase"], container["restartCount"], container["ready"]) == ("Running", 1, False)
    assert container["lastState"]["terminated"]["exitCode"] == 7
    assert await always.log() == "no table\n"
    await kube.ok("DELETE", always.url)

    never = pod(kube, name="never")
    await never.create()
    ended = await never.until("Succeeded", "Failed")
    assert (ended["status"]["phase"], ended["status"]["containerStatuses"][0]["restartCount"]) == ("Failed", 0)
    run(kube, "print('done')")
    on_failure = pod(kube, name="on-failure", policy="OnFailure")
    await on_failure.create()
    assert (await on_failure.until("Succeeded", "Failed"))["status"]["phase"] == "Succeeded"


async def test_the_pods_of_a_rollout_run_it_and_those_that_were_there_do_not(tmp_path: Path) -> None:
    program = "import os, time; print(os.environ['HOSTNAME'], flush=True); time.sleep(600)"
    async with AsyncExitStack() as stack:
        await rolls_out(await start(stack, tmp_path, command=[sys.executable, "-I", "-c", program]))


async def rolls_out(kube: Kube) -> None:
    url = "/apis/apps/v1/namespaces/anti-fraud/deployments/scorer"
    [before, _] = (await kube.ok("GET", f"{NAMESPACE}/pods"))["items"]
    assert await OneOff(kube, name=before["metadata"]["name"]).log() == ""
    assert not kube.api.pods._tasks
    change = {"spec": {"template": {"metadata": {"annotations": {"changed": "yes"}}}}}
    await kube.ok("PATCH", url, change, media="application/merge-patch+json")
    async with asyncio.timeout(PATIENCE):
        while (await kube.ok("GET", url))["status"].get("readyReplicas") != 2:
            await asyncio.sleep(0.01)
    for each in (await kube.ok("GET", f"{NAMESPACE}/pods"))["items"]:
        name = each["metadata"]["name"]
        while (log := await OneOff(kube, name=name).log()) == "":
            await asyncio.sleep(0.01)
        assert log == f"{name}\n"


async def test_tokens_are_renewed_while_the_program_runs(kube: Kube, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes_module, "RENEWED_AFTER", 0.5 / 600)
    run(
        kube,
        "import os, time\nfirst = open(os.environ['TOKEN_FILE']).read()\n"
        "while open(os.environ['TOKEN_FILE']).read() == first: time.sleep(0.05)\nprint('renewed')",
    )
    token = {"serviceAccountToken": {"audience": "https://made-up.example", "path": "t", "expirationSeconds": 600}}
    renewing = pod(
        kube,
        container={
            "env": [{"name": "TOKEN_FILE", "value": "/tokens/t"}],
            "volumeMounts": [{"name": "tokens", "mountPath": "/tokens"}],
        },
        volumes=[{"name": "tokens", "projected": {"sources": [token]}}],
    )
    await renewing.create()
    await renewing.until("Succeeded", "Failed")
    assert await renewing.log() == "renewed\n"
