"""Batch as people use it: environments, queues, definitions with revisions, and jobs that come to an end."""

from typing import Any

import pytest

from tests.sandbox.aws.served import ACCOUNT, Account, Accounts, Clock, refusal

NEEDS = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}]
EXECUTION = {"name": "execution", "service": "ecs-tasks.amazonaws.com"}
EXECUTION_ARN = f"arn:aws:iam::{ACCOUNT}:role/execution"
PREFIX = f"arn:aws:batch:ap-northeast-1:{ACCOUNT}"


@pytest.fixture
def account(accounts: Accounts, clock: Clock) -> Account:
    clock.stand_still()
    return accounts(job_queues=["loads"], roles=[EXECUTION])


def fargate(account: Account, **more: Any) -> dict[str, Any]:
    subnet = account.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    return {"type": "FARGATE", "maxvCpus": 4, "subnets": [subnet], **more}


def environment(account: Account, name: str) -> Any:
    found = account.client("batch").describe_compute_environments(computeEnvironments=[name])["computeEnvironments"]
    return found[0] if found else None


def submit(account: Account, *command: str, **more: Any) -> str:
    """Submit a job on Fargate with that command; its id."""
    batch = account.client("batch")
    needs = {"resourceRequirements": NEEDS, "executionRoleArn": EXECUTION_ARN}
    container = {"image": "python", **needs, "command": list(command)}
    definition = {"jobDefinitionName": "load", "type": "container", "platformCapabilities": ["FARGATE"]}
    batch.register_job_definition(**definition, containerProperties=container)
    return str(batch.submit_job(jobName="load", jobQueue="loads", jobDefinition="load", **more)["jobId"])


def job(account: Account, name: str) -> Any:
    return account.client("batch").describe_jobs(jobs=[name])["jobs"][0]


def test_an_environment_and_a_queue_are_made_changed_and_deleted(account: Account) -> None:
    batch = account.client("batch")
    batch.create_compute_environment(
        computeEnvironmentName="spot", type="MANAGED", computeResources=fargate(account, type="FARGATE_SPOT")
    )
    made = environment(account, "spot")
    assert (made["state"], made["status"], made["type"]) == ("ENABLED", "VALID", "MANAGED")
    role = "role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
    assert made["serviceRole"] == f"arn:aws:iam::{ACCOUNT}:{role}"
    assert made["computeResources"] == fargate(account, type="FARGATE_SPOT")
    batch.create_job_queue(
        jobQueueName="fast", priority=5, computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "spot"}]
    )
    queue = batch.describe_job_queues(jobQueues=["fast"])["jobQueues"][0]
    assert (queue["state"], queue["status"], queue["priority"]) == ("ENABLED", "VALID", 5)
    batch.update_compute_environment(computeEnvironment="spot", computeResources={"maxvCpus": 8}, state="DISABLED")
    changed = environment(account, "spot")
    assert (changed["computeResources"]["maxvCpus"], changed["state"]) == (8, "DISABLED")
    related = ("ClientException", "Cannot delete, found existing JobQueue relationship", 400)
    assert refusal(batch.delete_compute_environment, computeEnvironment="spot") == related
    assert refusal(batch.delete_job_queue, jobQueue="fast")[0] == "ClientException"
    order = [{"order": 1, "computeEnvironment": "fargate"}]
    batch.update_job_queue(jobQueue="fast", state="DISABLED", priority=1, computeEnvironmentOrder=order)
    batch.delete_job_queue(jobQueue="fast")
    batch.delete_compute_environment(computeEnvironment="spot")
    assert environment(account, "spot") is None
    assert batch.describe_job_queues(jobQueues=["fast"])["jobQueues"] == []


def test_an_environment_that_is_enabled_is_not_deleted(account: Account) -> None:
    batch = account.client("batch")
    batch.create_compute_environment(computeEnvironmentName="ce", type="MANAGED", computeResources=fargate(account))
    assert refusal(batch.delete_compute_environment, computeEnvironment="ce")[0] == "ClientException"


def test_a_disabled_queue_takes_no_jobs(account: Account) -> None:
    account.client("batch").update_job_queue(jobQueue="loads", state="DISABLED")
    submit_job = account.client("batch").submit_job
    assert refusal(submit_job, jobName="load", jobQueue="loads", jobDefinition="load")[0] == "ClientException"


def test_a_definition_has_revisions(account: Account) -> None:
    batch = account.client("batch")
    container = {"image": "python", "resourceRequirements": NEEDS}
    definition = {"jobDefinitionName": "load", "type": "container", "containerProperties": container}
    arns = [batch.register_job_definition(**definition)["jobDefinitionArn"] for _ in range(2)]
    assert arns == [f"{PREFIX}:job-definition/load:1", f"{PREFIX}:job-definition/load:2"]
    batch.deregister_job_definition(jobDefinition="load:1")
    found = batch.describe_job_definitions(jobDefinitionName="load", status="ACTIVE")["jobDefinitions"]
    assert [each["revision"] for each in found] == [2]
    name = batch.submit_job(jobName="load", jobQueue="loads", jobDefinition="load")["jobId"]
    assert job(account, name)["jobDefinition"] == arns[1]


@pytest.mark.parametrize(
    ("command", "status", "code"),
    [
        (["echo", "hello"], "SUCCEEDED", 0),
        (["sh", "-c", "echo hello; exit 3"], "FAILED", 3),
        (["false"], "FAILED", 1),
        (["sh", "-c", "false && echo never"], "FAILED", 1),
    ],
)
def test_a_job_comes_to_an_end(account: Account, clock: Clock, command: list[str], status: str, code: int) -> None:
    name = submit(account, *command)
    assert job(account, name)["status"] == "RUNNING"
    clock.pass_by(2)
    ended = job(account, name)
    assert (ended["status"], ended["container"]["exitCode"]) == (status, code)
    assert ended["statusReason"] == "Essential container in task exited"
    assert ended["startedAt"] <= ended["stoppedAt"]
    assert ended["attempts"][0]["container"]["exitCode"] == code
    assert ended["attempts"][0]["container"]["taskArn"] == ended["container"]["taskArn"]


def test_a_job_goes_through_its_states(account: Account, clock: Clock) -> None:
    account.settings.operation = 8.0
    name = submit(account, "sleep", "5")
    states = []
    for _ in range(8):
        states.append(job(account, name)["status"])
        clock.pass_by(2)
    assert states == ["SUBMITTED", "RUNNABLE", "STARTING", "STARTING", "RUNNING", "RUNNING", "RUNNING", "SUCCEEDED"]
    assert "startedAt" in job(account, name)


def test_a_job_of_another_command_ends_too(account: Account, clock: Clock) -> None:
    name = submit(account, "python", "load.py")
    clock.pass_by(5)
    assert job(account, name)["status"] == "RUNNING"
    clock.pass_by(30)
    assert job(account, name)["status"] == "SUCCEEDED"


def test_a_job_that_never_ends_is_terminated(account: Account, clock: Clock) -> None:
    name = submit(account, "sleep", "infinity")
    clock.pass_by(600)
    assert job(account, name)["status"] == "RUNNING"
    account.client("batch").terminate_job(jobId=name, reason="enough")
    ended = job(account, name)
    assert (ended["status"], ended["statusReason"], ended["container"]["exitCode"]) == ("FAILED", "enough", 137)


def test_a_job_that_takes_too_long_fails(account: Account, clock: Clock) -> None:
    name = submit(account, "sleep", "600", timeout={"attemptDurationSeconds": 60})
    clock.pass_by(61)
    ended = job(account, name)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "Job attempt duration exceeded timeout")


def test_a_job_waits_for_others(account: Account, clock: Clock) -> None:
    first = submit(account, "sleep", "10")
    second = submit(account, "echo", "done", dependsOn=[{"jobId": first}])
    assert job(account, second)["status"] == "PENDING"
    clock.pass_by(11)
    assert job(account, second)["status"] == "RUNNING"
    clock.pass_by(2)
    assert job(account, second)["status"] == "SUCCEEDED"
    failing = submit(account, "false")
    waiting = submit(account, "echo", "never", dependsOn=[{"jobId": failing}])
    clock.pass_by(2)
    assert job(account, waiting)["status"] == "FAILED"


def test_a_job_that_waits_is_cancelled(account: Account) -> None:
    first = submit(account, "sleep", "10")
    second = submit(account, "echo", "done", dependsOn=[{"jobId": first}])
    batch = account.client("batch")
    batch.cancel_job(jobId=second, reason="not needed")
    ended = job(account, second)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "not needed")
    batch.cancel_job(jobId=first, reason="too late")
    assert job(account, first)["status"] == "RUNNING"


def test_jobs_are_listed_by_their_state(account: Account, clock: Clock) -> None:
    name = submit(account, "echo", "hello")
    batch = account.client("batch")
    found = {}
    for state in ("RUNNING", "SUCCEEDED"):
        found[state] = [each["jobId"] for each in batch.list_jobs(jobQueue="loads", jobStatus=state)["jobSummaryList"]]
    assert found == {"RUNNING": [name], "SUCCEEDED": []}
    clock.pass_by(2)
    summaries = batch.list_jobs(jobQueue="loads", jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [each["jobId"] for each in summaries] == [name]


def test_parameters_and_overrides_make_the_command(account: Account, clock: Clock) -> None:
    name = submit(account, "sh", "-c", "exit Ref::code", parameters={"code": "4"})
    other = submit(account, "false", containerOverrides={"command": ["true"]})
    clock.pass_by(2)
    assert job(account, name)["container"]["exitCode"] == 4
    assert job(account, other)["status"] == "SUCCEEDED"
