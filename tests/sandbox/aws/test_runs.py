"""Programs that run as a task or an instance find their role's credentials as its runtime offers them."""

import json
import os
import re
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.namespaces import need_namespaces
from tests.workloads import SCENARIO, SESSIONS, Workloads
from wizard.sandbox.process import Sandbox

PATIENCE = 20.0
BOTOCORE = """
import json, os
import botocore.session
session = botocore.session.get_session()
found = session.get_credentials()
sts = session.create_client("sts", region_name="ap-northeast-1")
print(json.dumps({
    "environ": dict(os.environ),
    "method": found and found.method,
    "host": sts.meta.endpoint_url,
    "arn": sts.get_caller_identity()["Arn"],
}))
"""
WAITS = "import os, time; open(%r, 'w').write(f'{os.getpid()} '); time.sleep(600)"


@pytest.fixture(scope="module", params=["namespaces", "loopback"])
def workloads(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workloads]:
    """A sandbox that gives workloads networks of their own, and one that does not."""
    if request.param == "namespaces":
        need_namespaces()
    path = tmp_path_factory.mktemp("scenario") / "workloads.yaml"
    path.write_text(SCENARIO)
    with Sandbox(str(path), [] if request.param == "namespaces" else ["--no-namespaces"]) as sandbox:
        yield Workloads(sandbox)


@pytest.fixture
def isolated(request: pytest.FixtureRequest) -> bool:
    """Whether the workloads have networks of their own."""
    return "namespaces" in request.node.callspec.id


def botocore(workloads: Workloads, kind: str, name: str) -> Any:
    """What botocore finds in a workload."""
    return json.loads(workloads.ok(kind, name, sys.executable, "-W", "ignore", "-c", BOTOCORE))


def test_botocore_in_a_task_is_the_task_role(workloads: Workloads, isolated: bool) -> None:
    task = workloads.task()
    found = botocore(workloads, "tasks", task)
    assert found["method"] == "container-role"
    assert (found["host"], found["arn"]) == ("https://sts.ap-northeast-1.amazonaws.com", f"{SESSIONS}/{task}")
    given = {name for name in found["environ"] if "CREDENTIALS" in name or "TOKEN" in name}
    if isolated:
        assert given == {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"}
        assert found["environ"]["ECS_CONTAINER_METADATA_URI_V4"] == f"http://169.254.170.2/v4/{task}"
    else:
        assert given == {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"}


def test_a_task_needs_the_token_where_it_was_given_one(workloads: Workloads, isolated: bool) -> None:
    uri = "$AWS_CONTAINER_CREDENTIALS_FULL_URI"
    if isolated:
        uri = "http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    command = f'curl -s -o /dev/null -w "%{{http_code}}" --noproxy "*" "{uri}"'
    assert workloads.ok("tasks", workloads.task(), "sh", "-c", command) == ("200" if isolated else "401")


def test_a_task_has_the_variables_of_its_runtime_and_the_way_to_the_clouds(workloads: Workloads) -> None:
    found = botocore(workloads, "tasks", workloads.task())["environ"]
    way = {name: value for name, value in workloads.sandbox.variables.items() if "PROXY" not in name}
    others = found.keys() - way.keys()
    runtime = re.compile("AWS_(EXECUTION_ENV|CONTAINER_.*)|ECS_CONTAINER_METADATA_URI_V4")
    own = {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "HOME", "NODE_USE_ENV_PROXY"}
    assert [name for name in others - own if not runtime.fullmatch(name) and "proxy" not in name.lower()] == []
    assert not found.keys() & {"AWS_ACCESS_KEY_ID", "WIF_WIZARD_SANDBOX_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS"}


def test_a_task_whose_environment_was_read_finds_its_credentials_too(workloads: Workloads) -> None:
    task = workloads.task()
    variables = workloads.sandbox.variables
    assert botocore(workloads, "tasks", task)["arn"] == f"{SESSIONS}/{task}"
    url = f"{variables['HTTPS_PROXY']}/_sandbox/tasks/{task}/environment"
    headers = {"x-sandbox-token": variables["WIF_WIZARD_SANDBOX_TOKEN"]}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        assert "AWS_CONTAINER_AUTHORIZATION_TOKEN" in json.load(answer)
    assert botocore(workloads, "tasks", task)["arn"] == f"{SESSIONS}/{task}"


def test_botocore_on_an_instance_is_its_profile_s_role(workloads: Workloads, isolated: bool) -> None:
    instance = workloads.instance()
    found = botocore(workloads, "instances", instance)
    assert (found["method"], found["arn"]) == ("iam-role", f"{SESSIONS}/{instance}")
    own = {name: value for name, value in found["environ"].items() if name.startswith("AWS_")}
    endpoint = {} if isolated else {"AWS_EC2_METADATA_SERVICE_ENDPOINT": own["AWS_EC2_METADATA_SERVICE_ENDPOINT"]}
    assert own == {"AWS_CA_BUNDLE": own["AWS_CA_BUNDLE"], **endpoint}


def test_the_exit_code_and_the_output_are_the_program_s(workloads: Workloads) -> None:
    task = workloads.task()
    assert workloads.run("tasks", task, "sh", "-c", "echo out; echo err >&2; exit 3") == (3, "out\nerr\n")
    assert workloads.run("tasks", task, "sh", "-c", "kill -TERM $$") == (143, "")
    code, said = workloads.run("instances", workloads.instance(), "no-such-program")
    assert (code, said) == (127, "no-such-program: No such file or directory\n")


def test_what_does_not_run_is_refused(workloads: Workloads) -> None:
    task = workloads.task()
    workloads.client("ecs").stop_task(cluster="default", task=task)
    command = {"command": ["true"]}
    assert workloads.call(f"tasks/{task}/run", command) == (409, {"message": f"Task {task} is not running."})
    assert workloads.call(f"tasks/{'0' * 32}/run", command) == (404, {"message": f"There is no task {'0' * 32}."})
    assert workloads.call("instances/i-0/run", command) == (404, {"message": "There is no instance i-0."})
    other = workloads.client("ec2")
    image = other.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    [stopped] = other.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"]
    other.stop_instances(InstanceIds=[stopped["InstanceId"]])
    refusal = {"message": f"Instance {stopped['InstanceId']} is not running."}
    assert workloads.call(f"instances/{stopped['InstanceId']}/run", command) == (409, refusal)


@pytest.mark.parametrize("body", [{}, {"command": []}, {"command": "true"}, {"command": ["sleep", 1]}, ["true"]])
def test_a_run_needs_a_command(workloads: Workloads, body: Any) -> None:
    status, document = workloads.call(f"instances/{workloads.instance()}/run", body)
    assert (status, document) == (400, {"message": "command must be a list of strings, and not empty."})


def test_a_run_needs_the_sandbox_s_own_token(workloads: Workloads) -> None:
    status, _ = workloads.call(f"instances/{workloads.instance()}/run", {"command": ["true"]}, token="another")
    assert status == 403


def started(path: Path) -> int:
    """Wait until a program has written its process id: the id."""
    deadline = time.monotonic() + PATIENCE
    while not (path.exists() and path.read_text().endswith(" ")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return int(path.read_text())


def gone(pid: int) -> None:
    """Wait until there is no such process."""
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_program_ends_with_its_task(workloads: Workloads, tmp_path: Path) -> None:
    task, trace = workloads.task(), tmp_path / "pid"
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(workloads.run, "tasks", task, sys.executable, "-c", WAITS % str(trace))
        pid = started(trace)
        workloads.client("ecs").stop_task(cluster="default", task=task)
        assert running.result() == (137, "")
    gone(pid)


def test_a_program_ends_when_nobody_waits_for_it(workloads: Workloads, tmp_path: Path) -> None:
    trace = tmp_path / "pid"
    variables = workloads.sandbox.variables
    host, port = variables["HTTPS_PROXY"].removeprefix("http://").split(":")
    body = json.dumps({"command": [sys.executable, "-c", WAITS % str(trace)]})
    head = (
        f"POST /_sandbox/instances/{workloads.instance()}/run HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"x-sandbox-token: {variables['WIF_WIZARD_SANDBOX_TOKEN']}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as caller:
        caller.sendall((head + body).encode())
        pid = started(trace)
    gone(pid)


def test_nothing_is_left_when_the_sandbox_stops(tmp_path: Path) -> None:
    scenario, trace = tmp_path / "workloads.yaml", tmp_path / "pid"
    scenario.write_text(SCENARIO)
    with ThreadPoolExecutor(1) as thread:
        with Sandbox(str(scenario)) as sandbox:
            workloads = Workloads(sandbox)
            command = (sys.executable, "-c", WAITS % str(trace))
            running = thread.submit(workloads.run, "instances", workloads.instance(), *command)
            pid = started(trace)
            private = Path(sandbox.variables["SSL_CERT_FILE"]).parent
        assert running.exception() is not None
    assert not Path(f"/proc/{pid}").exists()
    assert not private.exists()


def test_a_program_sees_no_credentials_of_the_person_at_the_keyboard(workloads: Workloads) -> None:
    home = workloads.ok("tasks", workloads.task(), "sh", "-c", "echo ~; ls -A ~").split()
    assert len(home) == 1
    assert home[0] != os.path.expanduser("~")  # noqa: PTH111
