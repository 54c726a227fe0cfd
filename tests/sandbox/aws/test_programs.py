"""Tasks and jobs run their Python command as AWS would: with what the runtime gives, and their output in CloudWatch."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.aws.served import ACCOUNT, Account, Accounts, refusal

ROLES = [
    {"name": "loader", "service": "ecs-tasks.amazonaws.com", "source": "ecs"},
    {"name": "execution", "service": "ecs-tasks.amazonaws.com"},
    {"name": "other", "service": "ec2.amazonaws.com"},
]
SHOW = """
import json, os, urllib.request
path = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
url = "http://169.254.170.2" + path if path else os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
asked = urllib.request.Request(url, headers={"Authorization": token} if token else {}) if url else None
role = json.load(urllib.request.urlopen(asked))["RoleArn"] if asked else None
print(json.dumps({"role": role, "names": sorted(os.environ), "own": os.environ.get("TABLE")}))
"""
NEEDS = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}]


def arn(role: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{role}"


@pytest.fixture
def account(accounts: Accounts) -> Account:
    return accounts(roles=ROLES, clusters=["main"], job_queues=["loads"])


def wait_for(done: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 60
    while not (result := done()):
        assert time.monotonic() < deadline, "it did not come about in a minute"
        time.sleep(0.05)
    return result


def ended_job(account: Account, command: list[str], **properties: Any) -> Any:
    """Run a job to its end; as DescribeJobs has it."""
    batch = account.client("batch")
    container = {
        "image": "python:3-slim",
        "resourceRequirements": NEEDS,
        "executionRoleArn": arn("execution"),
        "command": command,
        **properties,
    }
    definition = {"jobDefinitionName": "load", "type": "container", "platformCapabilities": ["FARGATE"]}
    batch.register_job_definition(**definition, containerProperties=container)
    name = batch.submit_job(jobName="load", jobQueue="loads", jobDefinition="load")["jobId"]

    def ended() -> Any:
        job = batch.describe_jobs(jobs=[name])["jobs"][0]
        return job if job["status"] in ("SUCCEEDED", "FAILED") else None

    return wait_for(ended)


def ended_task(account: Account, command: list[str], options: dict[str, str], **roles: str) -> Any:
    """Run a task on Fargate to its end; as DescribeTasks has it."""
    ecs = account.client("ecs")
    logs = {"logDriver": "awslogs", "options": {"awslogs-region": "ap-northeast-1", **options}}
    container = {"name": "app", "image": "python:3-slim", "command": command, "logConfiguration": logs}
    definition = {"family": "load", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc"}
    ecs.register_task_definition(**definition, cpu="256", memory="512", containerDefinitions=[container], **roles)
    subnet = account.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet]}}
    answer = ecs.run_task(cluster="main", taskDefinition="load", launchType="FARGATE", networkConfiguration=network)
    name = answer["tasks"][0]["taskArn"]

    def ended() -> Any:
        task = ecs.describe_tasks(cluster="main", tasks=[name])["tasks"][0]
        return task if task["lastStatus"] == "STOPPED" else None

    return wait_for(ended)


def lines(account: Account, group: str, stream: str) -> list[str]:
    answer = account.client("logs").get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)
    return [event["message"] for event in answer["events"]]


def test_a_job_runs_its_program_with_the_job_role_and_nothing_of_the_operator(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up-secret-of-the-operator")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/made-up/operator.json")
    own = [{"name": "TABLE", "value": "sales"}]
    job = ended_job(account, ["python3", "-I", "-S", "-c", SHOW], jobRoleArn=arn("loader"), environment=own)
    assert (job["status"], job["container"]["exitCode"]) == ("SUCCEEDED", 0)
    task = job["container"]["taskArn"].rpartition("/")[2]
    assert job["container"]["logStreamName"] == f"load/default/{task}"
    seen = json.loads("".join(lines(account, "/aws/batch/job", job["container"]["logStreamName"])))
    assert (seen["role"], seen["own"]) == (arn("loader"), "sales")
    assert not {"AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "GOOGLE_APPLICATION_CREDENTIALS"} & set(seen["names"])


def test_a_job_without_a_job_role_finds_no_credentials(account: Account) -> None:
    job = ended_job(account, ["python3", "-c", SHOW])
    seen = json.loads("".join(lines(account, "/aws/batch/job", job["container"]["logStreamName"])))
    assert seen["role"] is None
    assert not [name for name in seen["names"] if name.startswith("AWS_CONTAINER_")]


def test_the_exit_code_of_a_program_is_that_of_its_container(account: Account) -> None:
    job = ended_job(account, ["python3", "-c", "import sys; print('no table', file=sys.stderr); sys.exit(7)"])
    assert (job["status"], job["container"]["exitCode"]) == ("FAILED", 7)
    assert lines(account, "/aws/batch/job", job["container"]["logStreamName"]) == ["no table"]


def test_a_task_logs_to_the_group_of_its_definition(account: Account) -> None:
    account.client("logs").create_log_group(logGroupName="/ecs/load")
    task = ended_task(
        account,
        ["python3", "-c", "print('one\\ntwo')"],
        {"awslogs-group": "/ecs/load", "awslogs-stream-prefix": "nightly"},
        executionRoleArn=arn("execution"),
    )
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", 0)
    stream = "nightly/app/" + task["taskArn"].rpartition("/")[2]
    assert lines(account, "/ecs/load", stream) == ["one", "two"]


def test_a_long_line_is_cut_as_docker_does(account: Account) -> None:
    job = ended_job(account, ["python3", "-c", "print('x' * 20_000)"])
    sizes = [len(line) for line in lines(account, "/aws/batch/job", job["container"]["logStreamName"])]
    assert sizes == [16_384, 20_000 - 16_384]


def test_a_task_stops_without_its_log_group(account: Account) -> None:
    options = {"awslogs-group": "/ecs/missing", "awslogs-stream-prefix": "nightly"}
    task = ended_task(account, ["python3", "-c", "print()"], options, executionRoleArn=arn("execution"))
    assert task["stopCode"] == "TaskFailedToStart"
    assert "ResourceNotFoundException: The specified log group does not exist." in task["stoppedReason"]
    made = ended_task(
        account,
        ["python3", "-c", "print('made')"],
        {**options, "awslogs-create-group": "true"},
        executionRoleArn=arn("execution"),
    )
    assert lines(account, "/ecs/missing", "nightly/app/" + made["taskArn"].rpartition("/")[2]) == ["made"]


def test_a_task_stops_if_ecs_cannot_assume_its_execution_role(account: Account) -> None:
    options = {"awslogs-group": "/ecs/load", "awslogs-create-group": "true"}
    task = ended_task(account, ["python3", "-c", "print()"], options, executionRoleArn=arn("other"))
    assert task["stoppedReason"].startswith(f"ECS was unable to assume the role '{arn('other')}'")


def test_fargate_needs_an_execution_role_for_its_logs(account: Account) -> None:
    logs = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/load"}}
    code, text, status = refusal(
        account.client("ecs").register_task_definition,
        family="load",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "python", "logConfiguration": logs}],
    )
    assert (code, status) == ("ClientException", 400)
    assert text == "Fargate requires task definition to have execution role ARN to support log driver awslogs."


@pytest.mark.parametrize("more", [{"command": ["x" * 25_000]}, {"executionRoleArn": ""}])
def test_batch_refuses_definitions_that_are_too_large_and_fargate_without_an_execution_role(
    account: Account, more: dict[str, Any]
) -> None:
    container = {"image": "python", "resourceRequirements": NEEDS, "executionRoleArn": arn("execution"), **more}
    code, _, status = refusal(
        account.client("batch").register_job_definition,
        jobDefinitionName="load",
        type="container",
        platformCapabilities=["FARGATE"],
        containerProperties=container,
    )
    assert (code, status) == ("ClientException", 400)


def test_a_stopped_task_kills_its_program(account: Account) -> None:
    batch = account.client("batch")
    account.client("logs").create_log_group(logGroupName="/jobs")
    container = {
        "image": "python",
        "resourceRequirements": NEEDS,
        "executionRoleArn": arn("execution"),
        "command": ["python3", "-u", "-c", "import os, time; print(os.getpid()); time.sleep(600)"],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/jobs"}},
    }
    definition = {"jobDefinitionName": "long", "type": "container", "platformCapabilities": ["FARGATE"]}
    batch.register_job_definition(**definition, containerProperties=container)
    name = batch.submit_job(jobName="long", jobQueue="loads", jobDefinition="long")["jobId"]
    described = wait_for(lambda: batch.describe_jobs(jobs=[name])["jobs"][0]["container"].get("logStreamName"))
    wait_for(lambda: lines(account, "/jobs", described))
    batch.terminate_job(jobId=name, reason="enough")
    ended = batch.describe_jobs(jobs=[name])["jobs"][0]
    assert (ended["status"], ended["statusReason"], ended["container"]["exitCode"]) == ("FAILED", "enough", 137)
    running = account.cloud._programs._running
    wait_for(lambda: not running)


def test_the_users_command_runs_in_place_of_an_images(accounts: Accounts) -> None:
    command = ["python3", "-c", "print('the command of the user')"]
    account = accounts(roles=ROLES, job_queues=["loads"], command=command)
    job = ended_job(account, ["python3", "load.py"])
    assert lines(account, "/aws/batch/job", job["container"]["logStreamName"]) == ["the command of the user"]
    own = ended_job(account, ["python3", "-c", "print('its own')"])
    assert lines(account, "/aws/batch/job", own["container"]["logStreamName"]) == ["its own"]
