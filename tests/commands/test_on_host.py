"""A task on a container instance: the auth libraries, and a task without a task role, silently are the host."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands.conftest import SETUP, Answer, World
from tests.commands.test_in_task import REGION, ROLE, ROLE_ARN, SCENARIO
from tests.namespaces import need_namespaces
from tests.workloads import Workloads
from wizard.clouds.aws import Aws
from wizard.sandbox.process import Sandbox

HOST, HOST_ROLE = "i-0aaaaaaaaaaaaaaa1", "ecsInstanceRole"
CONTAINER = {"name": "app", "image": "acme/load:1", "memory": 256, "command": ["sleep", "infinity"]}
SERVICES = {
    "with-role": {"taskRoleArn": ROLE_ARN},
    "without-role": {},
    "execution-only": {"executionRoleArn": ROLE_ARN},
}


def scenario() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(SCENARIO.read_text(encoding="utf-8"))
    aws = document["aws"]
    aws["roles"].append({"name": HOST_ROLE, "service": "ec2.amazonaws.com"})
    aws["instance_profiles"] = [{"name": HOST_ROLE, "role": HOST_ROLE}]
    options = {"HttpTokens": "required", "HttpPutResponseHopLimit": 2}
    aws["instances"] = [{"id": HOST, "instance_profile": HOST_ROLE, "metadata_options": options}]
    aws["clusters"], aws["container_instances"] = ["main"], ["main"]
    aws["task_definitions"] = [
        {"family": family, "networkMode": "bridge", "containerDefinitions": [CONTAINER], **roles}
        for family, roles in SERVICES.items()
    ]
    aws["services"] = [
        {"cluster": "main", "serviceName": family, "taskDefinition": family, "launchType": "EC2"} for family in SERVICES
    ]
    return document


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    need_namespaces()
    path = tmp_path_factory.mktemp("scenario") / "on-host.yaml"
    path.write_text(yaml.safe_dump(scenario()), encoding="utf-8")
    with Sandbox(str(path)) as sandbox:
        yield sandbox


@pytest.fixture
def ours(
    tmp_path: Path,
    cloud: Sandbox,
    lead_here: Callable[[Sandbox], None],
    wif: Callable[..., Answer],
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    lead_here(cloud)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return World(tmp_path, cloud, wif)


@pytest.fixture
def applied(ours: World) -> World:
    """The same, with the setup of the task definition that names the task role applied."""
    answer = ours.wif("apply", setup_for(ours, "with-role"), "--yes")
    assert answer.code == 0, answer.err
    return ours


def setup_for(world: World, family: str) -> str:
    """Write the setup of a task definition; its path."""
    named = f"role: {ROLE}, imdsv2: true, task_definition: {family}"
    text = SETUP.replace("runtime: batch-fargate", "runtime: ecs-ec2").replace(f"role: {ROLE}", named)
    return world.setup(text)


def set_hops(limit: int) -> None:
    options = {"InstanceId": HOST, "HttpPutResponseHopLimit": limit}
    Aws(os.environ, REGION).call("ec2", "modify_instance_metadata_options", **options)


@pytest.fixture(autouse=True)
def two_hops(ours: World) -> None:
    assert ours
    set_hops(2)


def hops_in(answer: Answer) -> dict[str, Any]:
    return {hop["hop"]: hop for hop in answer.json["hops"]}


def probed(world: World, family: str) -> Answer:
    """Run the printed probe in a task of the family, and judge what it wrote."""
    file, aws = setup_for(world, family), Aws(os.environ, REGION)
    started = aws.call("ecs", "run_task", cluster="main", taskDefinition=family, launchType="EC2")["tasks"][0]
    probe, output = world.folder / "probe.py", world.folder / "output.txt"
    probe.write_text(world.wif("probe", file).out, encoding="utf-8")
    task = started["taskArn"].rpartition("/")[2]
    output.write_text(
        Workloads(world.sandbox).run("tasks", task, sys.executable, "-I", "-S", str(probe))[1], encoding="utf-8"
    )
    return world.wif("test", file, "--from-output", str(output), "--json")


def test_in_a_task_the_auth_libraries_alone_would_silently_be_the_host(applied: World) -> None:
    answer = applied.wif("test", setup_for(applied, "with-role"), "--from", "task", "--yes", "--json")
    assert answer.code == 0, answer.err
    credentials = hops_in(answer)["aws-credentials"]
    assert credentials["received"]["role"] == ROLE_ARN
    assert (
        f"without wif-wizard, google-auth would use another source: instance metadata (role {HOST_ROLE})"
        in credentials["evidence"]
    )
    assert (
        "if the program has only this credential configuration, these auth libraries silently use a different "
        "identity: Python (google-auth), Go (golang.org/x/oauth2), Node.js (google-auth-library), Java "
        f"(google-auth-library-oauth2-http). This identity is the host's role {HOST_ROLE}, from the instance "
        "metadata service"
    ) in credentials["evidence"]


def test_beyond_the_hop_limit_the_auth_libraries_alone_would_find_nothing(applied: World) -> None:
    set_hops(1)
    answer = applied.wif("test", setup_for(applied, "with-role"), "--from", "task", "--yes", "--json")
    assert answer.code == 0, answer.err
    assert (
        "without wif-wizard, google-auth would find no credentials: 169.254.169.254: timed out"
        in hops_in(answer)["aws-credentials"]["evidence"]
    )


ONLY_HOST = (
    f"the container has no credentials of the role {ROLE}, and silently uses its host's role from the instance "
    f"metadata service: {HOST_ROLE}"
)


@pytest.mark.parametrize(
    ("family", "named"),
    [
        (
            "without-role",
            "the task definition without-role:1 does not set taskRoleArn, so the container finds only the credentials "
            "of its host's role",
        ),
        (
            "execution-only",
            f"the task definition execution-only:1 names the role {ROLE} only as executionRoleArn. AWS itself uses "
            "this role to pull the image, to read secrets and to write logs. Because taskRoleArn is not set, the "
            "container finds only the credentials of its host's role",
        ),
    ],
)
def test_a_task_without_a_task_role_is_silently_the_host_and_the_test_says_so(
    applied: World, family: str, named: str
) -> None:
    answer = probed(applied, family)
    assert answer.code == 1
    hops = hops_in(answer)
    assert hops["caller-identity"]["received"]["arn"].endswith(f":assumed-role/{HOST_ROLE}/{HOST}")
    credentials, exchange = hops["aws-credentials"], hops["exchange"]
    assert (credentials["status"], credentials["reason"]) == ("failed", ONLY_HOST)
    assert credentials["fix"].startswith(f"set taskRoleArn in the task definition to the ARN of the role {ROLE}")
    assert exchange["status"] == "failed"
    assert exchange["fix"].endswith(f"Do not give the role {HOST_ROLE} access to Google Cloud")
    assert "update-aws" not in json.dumps(answer.json)
    assert (hops["definition"]["status"], hops["definition"]["reason"]) == ("failed", named)


def test_a_task_with_its_own_role_passes(applied: World) -> None:
    answer = probed(applied, "with-role")
    assert answer.code == 0, answer.err + answer.out


# The last, since the sandbox of this module admits the role of the host from here on.
def test_the_test_fails_even_where_the_role_of_the_host_has_access(applied: World) -> None:
    text = SETUP.replace("runtime: batch-fargate", "runtime: ec2").replace(f"role: {ROLE}", f"role: {HOST_ROLE}")
    granted = applied.wif("apply", applied.setup(text.replace("clientLibrary", "of-the-host")), "--yes")
    assert granted.code == 0, granted.err
    answer = probed(applied, "without-role")
    hops = hops_in(answer)
    assert {name: hops[name]["status"] for name in ("exchange", "permission")} == {"exchange": "ok", "permission": "ok"}
    credentials = hops["aws-credentials"]
    assert (answer.code, credentials["status"], credentials["reason"]) == (1, "failed", ONLY_HOST)
