"""Unmodified programs in workloads of the sandbox: they find metadata services at the link-local addresses."""

import json
import sys
from collections.abc import Iterator

import pytest
import yaml

from tests.namespaces import need_namespaces
from tests.oracles.programs import need
from tests.sandbox.aws.test_hosts import HOST, OnHost, scenario
from tests.workloads import ROLE, SCENARIO, SESSIONS, Workloads
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.sandbox.process import Sandbox

PROVIDER = ProviderName(PoolName("123456789012", "aws-prod"), "the-account")
QUERY = """
import os, sys
import google.auth
from google.auth.transport.requests import AuthorizedSession
with open(os.path.expanduser("~/config.json"), "w") as file:
    file.write(sys.argv[1])
os.environ["GOOGLE_APPLICATION_CREDENTIALS"] = file.name
credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
url = "https://bigquery.googleapis.com/bigquery/v2/projects/acme-analytics/queries"
with AuthorizedSession(credentials) as session:
    print(session.post(url, json={"query": "SELECT 1", "dryRun": True, "useLegacySql": False}).status_code)
"""
NODE = """
const http = require("node:http");
const ask = (method, path, headers) => new Promise((resolve, reject) => {
  http.request({ host: "169.254.169.254", path, method, headers }, answer => {
    let text = "";
    answer.on("data", part => { text += part; });
    answer.on("end", () => resolve(text));
  }).on("error", reject).end();
});
(async () => {
  const token = await ask("PUT", "/latest/api/token", { "X-aws-ec2-metadata-token-ttl-seconds": "60" });
  const headers = { "X-aws-ec2-metadata-token": token };
  console.log(await ask("GET", "/latest/meta-data/iam/security-credentials/", headers));
})();
"""


@pytest.fixture(scope="module")
def workloads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workloads]:
    """A sandbox with workloads in networks of their own."""
    need_namespaces()
    path = tmp_path_factory.mktemp("scenario") / "workloads.yaml"
    path.write_text(SCENARIO)
    with Sandbox(str(path)) as sandbox:
        yield Workloads(sandbox)


@pytest.mark.parametrize("imdsv2", [False, True])
def test_google_auth_on_an_instance_reads_the_production_file(workloads: Workloads, imdsv2: bool) -> None:
    config = json.dumps(credential_config(PROVIDER, imdsv2=imdsv2))
    code, printed = workloads.run("instances", workloads.instance(), sys.executable, "-c", QUERY, config)
    if imdsv2:
        assert (code, printed) == (0, "200\n")
    else:  # version 1 is off
        assert code == 1
        assert "401" in printed


def test_google_auth_in_a_task_does_not_find_the_task_role(workloads: Workloads) -> None:
    config = json.dumps(credential_config(PROVIDER, imdsv2=True))
    code, printed = workloads.run("tasks", workloads.task(), sys.executable, "-c", QUERY, config)
    assert code == 1
    assert "169.254.169.254" in printed


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnHost]:
    """A sandbox with container instances, whose role has no access to the target."""
    need_namespaces()
    path = tmp_path_factory.mktemp("scenario") / "hosts.yaml"
    path.write_text(yaml.safe_dump(scenario()))
    with Sandbox(str(path)) as sandbox:
        yield OnHost(Workloads(sandbox), isolated=True)


def test_google_auth_in_a_task_on_an_instance_is_silently_the_host_and_not_the_task_role(hosts: OnHost) -> None:
    hosts.set_hops(2)
    config = json.dumps(credential_config(PROVIDER, imdsv2=True))
    task = hosts.task("bridge", ROLE)
    assert hosts.workloads.ok("tasks", task, sys.executable, "-c", QUERY, config) == "403\n"  # not that of the task
    requests = map(json.loads, hosts.workloads.sandbox.request_log.read_text(encoding="utf-8").splitlines())
    refused = {each["caller"] for each in requests if each["status"] == 403}
    assert len(refused) == 1, refused
    assert f":assumed-role/ecsInstanceRole/{HOST}" in refused.pop()


def test_google_auth_in_a_task_on_an_instance_gets_no_answer_beyond_the_hop_limit(hosts: OnHost) -> None:
    hosts.set_hops(1)
    config = json.dumps(credential_config(PROVIDER, imdsv2=True))
    code, printed = hosts.workloads.run("tasks", hosts.task("bridge", ROLE), sys.executable, "-c", QUERY, config)
    assert code == 1
    assert "Remote end closed connection without response" in printed


def test_aws_finds_the_role_of_a_task_and_of_an_instance(workloads: Workloads) -> None:
    need("aws")
    ask = ("aws", "sts", "get-caller-identity", "--query=Arn", "--output=text", "--region=ap-northeast-1")
    task, instance = workloads.task(), workloads.instance()
    assert workloads.ok("tasks", task, *ask) == f"{SESSIONS}/{task}\n"
    assert workloads.ok("instances", instance, *ask) == f"{SESSIONS}/{instance}\n"


def test_curl_finds_the_metadata_of_a_task(workloads: Workloads) -> None:
    need("curl")
    task = workloads.task()
    found = workloads.ok("tasks", task, "sh", "-c", 'curl -sS "$ECS_CONTAINER_METADATA_URI_V4/task"')
    assert json.loads(found)["TaskARN"].endswith(f"/{task}")
    code, said = workloads.run("tasks", task, "curl", "-sS", "-m5", "--noproxy", "*", "http://169.254.169.254/latest/")
    assert code == 7, said


def test_node_finds_the_role_of_an_instance(workloads: Workloads) -> None:
    need("node")
    assert workloads.ok("instances", workloads.instance(), "node", "-e", NODE) == "loader\n"
