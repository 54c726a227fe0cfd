"""A task or a job on a container instance finds the metadata service of its host, as far as the hop limit lets it."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from tests.namespaces import need_namespaces
from tests.workloads import ROLE, SCENARIO, SESSIONS, Workloads
from wizard.sandbox.process import Sandbox

HOST, OLD_HOST = "i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2"
HOST_ROLE = "arn:aws:sts::111122223333:assumed-role/ecsInstanceRole"
ROLES = "/latest/meta-data/iam/security-credentials/"
ASK = """
import os, sys, urllib.request
base = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254")
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
def ask(method, path, **headers):
    request = urllib.request.Request(base + path, headers=headers, method=method)
    try:
        return opener.open(request, timeout=float(sys.argv[1])).read().decode()
    except OSError as error:
        return "%s: %s" % (type(error).__name__, error)
ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
token = ask("PUT", "/latest/api/token", **ttl)
print("PUT", token if " " in token else "token")
print("v2", ask("GET", sys.argv[2], **{"X-aws-ec2-metadata-token": token}) if " " not in token else "")
print("v1", ask("GET", sys.argv[2]))
"""
BOTOCORE = """
import json, botocore.session
session = botocore.session.get_session()
found = session.get_credentials()
arn = found and session.create_client("sts", region_name="ap-northeast-1").get_caller_identity()["Arn"]
print(json.dumps([found and found.method, arn]))
"""


def scenario() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(SCENARIO)
    aws = document["aws"]
    aws["roles"].append({"name": "ecsInstanceRole", "service": "ec2.amazonaws.com"})
    aws["instance_profiles"].append({"name": "ecsInstanceRole", "role": "ecsInstanceRole"})
    required = {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
    aws["instances"] += [
        {"id": HOST, "instance_profile": "ecsInstanceRole", "metadata_options": required},
        {"id": OLD_HOST, "instance_profile": "ecsInstanceRole"},
    ]
    aws["clusters"] += ["main", "old"]
    aws["job_queues"] = [{"name": "on-ec2", "type": "EC2"}]
    aws["container_instances"] = [
        {"cluster": "main", "instance": HOST},
        {"cluster": "old", "instance": OLD_HOST},
        {"queue": "on-ec2", "instance": HOST},
    ]
    return document


@dataclass(frozen=True)
class OnHost:
    """Workloads on container instances; `isolated`, if they have networks of their own."""

    workloads: Workloads
    isolated: bool

    def task(self, network_mode: str, role: str | None = None, cluster: str = "main") -> str:
        """Start a task: its id."""
        ecs = self.workloads.client("ecs")
        container = {"name": "app", "image": "python:3.12", "memory": 64, "command": ["sleep", "infinity"]}
        roles = {"taskRoleArn": role} if role else {}
        ecs.register_task_definition(
            family="on-host", networkMode=network_mode, containerDefinitions=[container], **roles
        )
        options: dict[str, Any] = {}
        if network_mode == "awsvpc":
            subnet = self.workloads.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
            options["networkConfiguration"] = {"awsvpcConfiguration": {"subnets": [subnet]}}
        started = ecs.run_task(cluster=cluster, taskDefinition="on-host", launchType="EC2", **options)
        return str(started["tasks"][0]["taskArn"]).rpartition("/")[2]

    def job(self) -> str:
        """Start a job on EC2: its id."""
        batch = self.workloads.client("batch")
        needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]
        container = {"image": "python:3.12", "command": ["sleep", "600"], "resourceRequirements": needs}
        batch.register_job_definition(
            jobDefinitionName="on-host", type="container", platformCapabilities=["EC2"], containerProperties=container
        )
        return str(batch.submit_job(jobName="one", jobQueue="on-ec2", jobDefinition="on-host")["jobId"])

    def set_hops(self, limit: int, instance: str = HOST) -> None:
        self.workloads.client("ec2").modify_instance_metadata_options(
            InstanceId=instance, HttpPutResponseHopLimit=limit
        )

    def ask(self, name: str, page: str = ROLES, timeout: float = 1.0) -> dict[str, str]:
        """What urllib gets in a workload: for the token request, and for a page with IMDSv2 and IMDSv1."""
        lines = self.workloads.ok("tasks", name, sys.executable, "-I", "-c", ASK, str(timeout), page).splitlines()
        return dict(line.split(" ", 1) for line in lines)

    def botocore(self, name: str) -> Any:
        """How botocore finds credentials in a workload, and whose."""
        return json.loads(self.workloads.ok("tasks", name, sys.executable, "-W", "ignore", "-c", BOTOCORE))


@pytest.fixture(scope="module", params=["namespaces", "loopback"])
def hosts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnHost]:
    """A sandbox that gives workloads networks of their own, and one that does not."""
    isolated = request.param == "namespaces"
    if isolated:
        need_namespaces()
    path = tmp_path_factory.mktemp("scenario") / "hosts.yaml"
    path.write_text(yaml.safe_dump(scenario()))
    with Sandbox(str(path), [] if isolated else ["--no-namespaces"]) as sandbox:
        yield OnHost(Workloads(sandbox), isolated)


@pytest.fixture(autouse=True)
def one_hop(hosts: OnHost) -> None:
    for instance in (HOST, OLD_HOST):
        hosts.set_hops(1, instance)


@pytest.mark.parametrize("network_mode", ["bridge", "awsvpc"])
def test_a_container_gets_no_token_with_hop_limit_1(hosts: OnHost, network_mode: str) -> None:
    seen = hosts.ask(hosts.task(network_mode))
    assert seen["PUT"] == "TimeoutError: timed out"
    assert seen["v1"] == "HTTPError: HTTP Error 401: Unauthorized"


def test_a_client_that_waits_longer_sees_the_connection_end_without_an_answer(hosts: OnHost) -> None:
    seen = hosts.ask(hosts.task("bridge"), timeout=30.0)
    assert seen["PUT"] == "RemoteDisconnected: Remote end closed connection without response"


@pytest.mark.parametrize("network_mode", ["bridge", "awsvpc"])
def test_a_container_finds_the_role_of_its_host_with_hop_limit_2(hosts: OnHost, network_mode: str) -> None:
    hosts.set_hops(2)
    seen = hosts.ask(hosts.task(network_mode))
    assert (seen["PUT"], seen["v2"]) == ("token", "ecsInstanceRole")
    assert hosts.ask(hosts.task(network_mode), "/latest/meta-data/instance-id")["v2"] == HOST


def test_in_the_network_of_the_host_the_hop_limit_does_not_matter(hosts: OnHost) -> None:
    seen = hosts.ask(hosts.task("host"))
    assert (seen["PUT"], seen["v2"]) == ("token", "ecsInstanceRole")
    assert hosts.ask(hosts.job())["v2"] == "ecsInstanceRole"  # AWS Batch runs jobs on EC2 so


def test_where_tokens_are_optional_a_plain_request_is_answered_whatever_the_hop_limit(hosts: OnHost) -> None:
    seen = hosts.ask(hosts.task("bridge", cluster="old"))
    assert seen["PUT"] == "TimeoutError: timed out"
    assert seen["v1"] == "ecsInstanceRole"


def test_without_a_network_there_is_no_metadata_service(hosts: OnHost) -> None:
    hosts.set_hops(2)
    if not hosts.isolated:
        variables = hosts.workloads.ok("tasks", hosts.task("none"), "env")
        assert "AWS_EC2_METADATA_SERVICE_ENDPOINT" not in variables
        return
    assert hosts.ask(hosts.task("none"))["PUT"].startswith("URLError: <urlopen error [Errno 101]")


def test_a_task_on_fargate_has_no_host(hosts: OnHost) -> None:
    hosts.set_hops(2)
    task = hosts.workloads.task()
    if hosts.isolated:
        assert hosts.ask(task)["PUT"].startswith("URLError: <urlopen error [Errno 101]")
    assert "AWS_EC2_METADATA_SERVICE_ENDPOINT" not in hosts.workloads.ok("tasks", task, "env")


def test_the_metadata_of_a_task_names_its_launch_type(hosts: OnHost) -> None:
    program = (
        "import os, urllib.request as r; print(r.urlopen(os.environ['ECS_CONTAINER_METADATA_URI_V4'] + '/task').read())"
    )
    for task, launch in ((hosts.task("bridge"), "EC2"), (hosts.workloads.task(), "FARGATE")):
        assert f'"LaunchType": "{launch}"' in hosts.workloads.ok("tasks", task, sys.executable, "-c", program)


def test_botocore_takes_the_task_role_before_that_of_the_host(hosts: OnHost) -> None:
    hosts.set_hops(2)
    task = hosts.task("bridge", ROLE)
    assert hosts.botocore(task) == ["container-role", f"{SESSIONS}/{task}"]


@pytest.mark.parametrize(("network_mode", "limit"), [("bridge", 2), ("host", 1)])
def test_botocore_without_a_task_role_is_silently_the_host(hosts: OnHost, network_mode: str, limit: int) -> None:
    hosts.set_hops(limit)
    assert hosts.botocore(hosts.task(network_mode)) == ["iam-role", f"{HOST_ROLE}/{HOST}"]


def test_botocore_without_a_task_role_finds_nothing_beyond_the_hop_limit(hosts: OnHost) -> None:
    assert hosts.botocore(hosts.task("bridge")) == [None, None]
    old = hosts.task("bridge", cluster="old")  # it goes on to IMDSv1
    assert hosts.botocore(old) == ["iam-role", f"{HOST_ROLE}/{OLD_HOST}"]


def test_a_job_without_a_job_role_is_silently_the_host(hosts: OnHost) -> None:
    assert hosts.botocore(hosts.job()) == ["iam-role", f"{HOST_ROLE}/{HOST}"]
