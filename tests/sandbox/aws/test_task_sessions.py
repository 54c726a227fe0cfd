"""How long the credentials of a task are good for, and what its metadata says of its network."""

from typing import Any

import pytest

from tests.sandbox.aws.served import Account, Accounts, Clock, refusal
from tests.sandbox.aws.test_tasks import ARN, TRUSTED, environment, get, run_task
from wizard.sandbox.__main__ import main


@pytest.fixture
def account(accounts: Accounts) -> Account:
    return accounts(roles=[TRUSTED], clusters=["main"], job_queues=["loads"])


def credentials(account: Account, task: str) -> Any:
    """What the task's endpoint says."""
    path = environment(account, task, "relative")["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
    return get(account.cloud.endpoint + path)


def test_short_credentials_are_replaced_after_half_of_their_lifetime(account: Account, clock: Clock) -> None:
    account.settings.task_session = 10
    task = run_task(account, taskRoleArn=ARN)
    first = credentials(account, task)
    clock.pass_by(4)
    assert credentials(account, task) == first
    clock.pass_by(2)
    second = credentials(account, task)
    assert second["AccessKeyId"] != first["AccessKeyId"]
    clock.pass_by(5)
    keys = {**first, "SessionToken": first["Token"]}
    assert refusal(account.client("sts", keys).get_caller_identity)[0] == "ExpiredToken"
    keys = {**second, "SessionToken": second["Token"]}
    assert account.client("sts", keys).get_caller_identity()["Account"] == "111122223333"


@pytest.mark.parametrize(("platform", "mode"), [("FARGATE", "awsvpc"), ("EC2", "host")])
def test_a_job_on_ec2_is_in_the_network_of_its_host(account: Account, platform: str, mode: str) -> None:
    batch = account.client("batch")
    needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}]
    container = {"image": "python", "resourceRequirements": needs, "jobRoleArn": ARN, "executionRoleArn": ARN}
    batch.register_job_definition(
        jobDefinitionName="load", type="container", platformCapabilities=[platform], containerProperties=container
    )
    job = batch.submit_job(jobName="load", jobQueue="loads", jobDefinition="load")["jobId"]
    metadata = get(environment(account, job)["ECS_CONTAINER_METADATA_URI_V4"])
    assert metadata["Networks"] == [{"NetworkMode": mode}]


def test_a_task_says_the_network_mode_of_its_definition(account: Account) -> None:
    task = environment(account, run_task(account, taskRoleArn=ARN))["ECS_CONTAINER_METADATA_URI_V4"]
    assert get(task)["Networks"] == [{"NetworkMode": "awsvpc"}]
    assert get(f"{task}/task")["Containers"][0]["Networks"] == [{"NetworkMode": "awsvpc"}]


@pytest.mark.parametrize("lifetime", ["0.5s", "soon"])
def test_a_lifetime_that_makes_no_sense_is_bad_usage(lifetime: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--task-session", lifetime])
    assert ended.value.code == 64
    assert "--task-session" in capsys.readouterr().err
