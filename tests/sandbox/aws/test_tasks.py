"""ECS tasks and Batch jobs get the credentials of their role only if the role lets ECS in."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.utils import ContainerMetadataFetcher

from tests.sandbox.aws.served import Account, Accounts, Clock, refusal, trust

TRUSTED = {"name": "loader", "path": "/jobs/", "service": "ecs-tasks.amazonaws.com", "source": "ecs"}
ARN = "arn:aws:iam::111122223333:role/jobs/loader"
EXECUTION = {"name": "execution", "service": "ecs-tasks.amazonaws.com"}
EXECUTION_ARN = "arn:aws:iam::111122223333:role/execution"
OTHER = {"name": "other", "service": "ec2.amazonaws.com"}
OTHER_ARN = "arn:aws:iam::111122223333:role/other"


def failure(role: str) -> str:
    return (
        f"ECS was unable to assume the role '{role}' that was provided for this task. Please verify that the role "
        "being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass "
        "this role."
    )


@pytest.fixture
def account(accounts: Accounts) -> Account:
    return accounts(roles=[TRUSTED, EXECUTION, OTHER], clusters=["main"], job_queues=["loads"])


def run_task(account: Account, **roles: str) -> str:
    """Run a Fargate task whose containers have no memory of their own; its ARN."""
    ecs = account.client("ecs")
    container = {"name": "app", "image": "python"}
    definition = {"family": "load", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc"}
    ecs.register_task_definition(**definition, cpu="256", memory="512", containerDefinitions=[container], **roles)
    subnet = account.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet]}}
    answer = ecs.run_task(cluster="main", taskDefinition="load", launchType="FARGATE", networkConfiguration=network)
    return str(answer["tasks"][0]["taskArn"])


def submit_job(account: Account, **roles: str) -> str:
    """Submit a job on Fargate; its id."""
    batch = account.client("batch")
    needs = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}]
    container = {"image": "python", "resourceRequirements": needs, "executionRoleArn": EXECUTION_ARN, **roles}
    definition = {"jobDefinitionName": "load", "type": "container", "platformCapabilities": ["FARGATE"]}
    batch.register_job_definition(**definition, containerProperties=container)
    return str(batch.submit_job(jobName="load", jobQueue="loads", jobDefinition="load")["jobId"])


def described(account: Account, arn: str) -> Any:
    return account.client("ecs").describe_tasks(cluster="main", tasks=[arn])["tasks"][0]


def get(url: str, **headers: str) -> Any:
    with urlopen(Request(url, headers=headers)) as answer:
        return json.load(answer)


def status(url: str, **headers: str) -> int:
    with pytest.raises(HTTPError) as caught:
        get(url, **headers)
    caught.value.close()
    return caught.value.code


def environment_url(account: Account, name: str) -> str:
    """Where the sandbox shows the environment of a task, given by its id, its ARN, or its Batch job's id."""
    return f"{account.cloud.endpoint}/_sandbox/tasks/{name.rpartition('/')[2]}/environment"


def own_token(account: Account) -> dict[str, str]:
    """The header that opens it."""
    return {"x-sandbox-token": account.cloud.admin_token}


def environment(account: Account, name: str, form: str = "full") -> dict[str, str]:
    """The variables in the containers of a running task."""
    variables: dict[str, str] = get(f"{environment_url(account, name)}?form={form}", **own_token(account))
    return variables


def test_a_task_whose_role_trusts_ecs_gets_its_credentials(account: Account) -> None:
    arn = run_task(account, taskRoleArn=ARN)
    assert described(account, arn)["lastStatus"] == "RUNNING"
    variables = environment(account, arn)
    headers = {"Authorization": variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]}
    keys = ContainerMetadataFetcher().retrieve_full_uri(variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"], headers)
    identity = account.client("sts", {**keys, "SessionToken": keys["Token"]}).get_caller_identity()
    task_id = arn.rpartition("/")[2]
    assert len(task_id) == 32
    assert identity["Arn"] == f"arn:aws:sts::111122223333:assumed-role/loader/{task_id}"
    assert keys["RoleArn"] == ARN


def test_the_token_is_needed_once_the_full_uri_was_given(account: Account) -> None:
    arn = run_task(account, taskRoleArn=ARN)
    relative = environment(account, arn, "relative")
    path = relative["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
    assert get(account.cloud.endpoint + path)["RoleArn"] == ARN
    variables = environment(account, arn)
    url = variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    assert status(url) == 401
    assert status(url, Authorization="another") == 401
    assert get(url, Authorization=variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"])["RoleArn"] == ARN


def test_credentials_are_replaced_before_they_end(account: Account, clock: Clock) -> None:
    path = environment(account, run_task(account, taskRoleArn=ARN), "relative")
    url = account.cloud.endpoint + path["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
    first = get(url)
    assert get(url) == first
    clock.pass_by(5.9 * 3600)
    assert get(url)["AccessKeyId"] != first["AccessKeyId"]


@pytest.mark.parametrize("role", [OTHER_ARN, "arn:aws:iam::111122223333:role/missing"])
def test_a_task_whose_role_does_not_let_ecs_in_stops(account: Account, role: str) -> None:
    arn = run_task(account, taskRoleArn=role)
    task = described(account, arn)
    assert (task["lastStatus"], task["stopCode"], task["stoppedReason"]) == (
        "STOPPED",
        "TaskFailedToStart",
        failure(role),
    )
    assert status(environment_url(account, arn), **own_token(account)) == 404


def test_a_role_for_another_account_s_tasks_does_not_let_ecs_in(account: Account) -> None:
    document = trust({"Service": "ecs-tasks.amazonaws.com"}, StringEquals={"aws:SourceAccount": "444455556666"})
    account.client("iam").update_assume_role_policy(RoleName="loader", PolicyDocument=document)
    assert described(account, run_task(account, taskRoleArn=ARN))["stoppedReason"] == failure(ARN)


def test_an_execution_role_alone_gives_no_credentials(account: Account) -> None:
    arn = run_task(account, executionRoleArn=ARN)
    variables = environment(account, arn)
    assert not [name for name in variables if "CREDENTIALS" in name]
    assert variables["AWS_REGION"] == "ap-northeast-1"
    metadata = get(variables["ECS_CONTAINER_METADATA_URI_V4"] + "/task")
    assert metadata["TaskARN"] == arn


def test_a_stopped_task_has_nothing_any_more(account: Account) -> None:
    arn = run_task(account, taskRoleArn=ARN)
    path = environment(account, arn, "relative")["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
    account.client("ecs").stop_task(cluster="main", task=arn, reason="enough")
    assert described(account, arn)["lastStatus"] == "STOPPED"
    assert status(account.cloud.endpoint + path) == 404
    assert refusal(account.client("ecs").stop_task, cluster="main", task="0" * 32)[0] == "InvalidParameterException"


def test_a_job_whose_role_trusts_ecs_runs_with_its_credentials(account: Account) -> None:
    job_id = submit_job(account, jobRoleArn=ARN)
    job = account.client("batch").describe_jobs(jobs=[job_id])["jobs"][0]
    assert (job["status"], job["container"]["jobRoleArn"]) == ("RUNNING", ARN)
    variables = environment(account, job_id)
    keys = get(
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"], Authorization=variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    )
    identity = account.client("sts", keys).get_caller_identity()
    task_id = job["container"]["taskArn"].rpartition("/")[2]
    assert identity["Arn"] == f"arn:aws:sts::111122223333:assumed-role/loader/{task_id}"
    assert len(task_id) == 32


def test_a_program_runs_as_a_job(account: Account) -> None:
    job_id = submit_job(account, jobRoleArn=ARN)
    body = json.dumps({"command": ["sh", "-c", "echo $AWS_BATCH_JOB_ID $AWS_EXECUTION_ENV"]}).encode()
    url = f"{account.cloud.endpoint}/_sandbox/tasks/{job_id}/run"
    with urlopen(Request(url, body, own_token(account))) as answer:
        assert json.load(answer) == {"exit_code": 0, "output": f"{job_id} AWS_ECS_FARGATE\n"}


def test_a_job_whose_role_does_not_let_ecs_in_fails(account: Account) -> None:
    job_id = submit_job(account, jobRoleArn=OTHER_ARN)
    job = account.client("batch").describe_jobs(jobs=[job_id])["jobs"][0]
    assert (job["status"], job["statusReason"]) == ("FAILED", failure(OTHER_ARN))


def test_a_terminated_job_has_failed(account: Account) -> None:
    job_id = submit_job(account, jobRoleArn=ARN)
    account.client("batch").terminate_job(jobId=job_id, reason="enough")
    job = account.client("batch").describe_jobs(jobs=[job_id])["jobs"][0]
    assert (job["status"], job["statusReason"]) == ("FAILED", "enough")
    assert status(environment_url(account, job_id), **own_token(account)) == 404


def test_the_environment_is_for_the_sandbox_s_own_token_only(account: Account) -> None:
    arn = run_task(account, taskRoleArn=ARN)
    url = environment_url(account, arn)
    token = own_token(account)
    assert status(url) == 403
    assert status(url, **{"x-sandbox-token": "another"}) == 403
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in get(url, **token)
    assert "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" in get(url + "?form=relative", **token)
    assert status(url.replace("environment", "other"), **token) == 404
    assert status(environment_url(account, "0" * 32), **token) == 404


def test_without_instances_there_is_no_task_on_ec2(account: Account) -> None:
    run_task(account)
    call = account.client("ecs").run_task
    expected = ("InvalidParameterException", "No Container Instances were found in your cluster.", 400)
    assert refusal(call, cluster="main", taskDefinition="load") == expected
    network = {"awsvpcConfiguration": {"subnets": ["subnet-0"]}}
    code, text, _ = refusal(
        call, cluster="main", taskDefinition="load", launchType="FARGATE", networkConfiguration=network
    )
    assert code == "InvalidParameterException"
    assert "InvalidSubnetID.NotFound" in text


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"StringEquals": {"aws:ResourceAccount": "111122223333"}}, "RUNNING"),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, "RUNNING"),
        ({"StringEquals": {"aws:PrincipalServiceName": "ecs-tasks.amazonaws.com"}}, "RUNNING"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:*:111122223333:task/*"}}, "RUNNING"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:*:111122223333:service/*"}}, "STOPPED"),
        ({"StringEquals": {"aws:SourceAccount": "444455556666"}}, "STOPPED"),
        ({"StringEquals": {"sts:ExternalId": "x"}}, "STOPPED"),
    ],
)
def test_the_keys_that_ecs_sends_decide(account: Account, condition: dict[str, Any], status: str) -> None:
    document = trust({"Service": "ecs-tasks.amazonaws.com"}, **condition)
    account.client("iam").update_assume_role_policy(RoleName="loader", PolicyDocument=document)
    assert described(account, run_task(account, taskRoleArn=ARN))["lastStatus"] == status


def run_command(account: Account, *command: str) -> str:
    """Run a Fargate task with that command; its ARN."""
    ecs = account.client("ecs")
    container = {"name": "app", "image": "python", "command": list(command)}
    definition = {"family": "once", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc"}
    ecs.register_task_definition(**definition, cpu="256", memory="512", containerDefinitions=[container])
    subnet = account.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet]}}
    answer = ecs.run_task(cluster="main", taskDefinition="once", launchType="FARGATE", networkConfiguration=network)
    return str(answer["tasks"][0]["taskArn"])


@pytest.mark.parametrize(("command", "code"), [(("echo", "hello"), 0), (("sh", "-c", "echo hello; exit 3"), 3)])
def test_a_task_stops_at_the_end_of_its_command(
    account: Account, clock: Clock, command: tuple[str, ...], code: int
) -> None:
    clock.stand_still()
    arn = run_command(account, *command)
    running = described(account, arn)
    assert running["lastStatus"] == "RUNNING"
    assert "exitCode" not in running["containers"][0]
    clock.pass_by(2)
    task = described(account, arn)
    assert (task["lastStatus"], task["desiredStatus"]) == ("STOPPED", "STOPPED")
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert (task["containers"][0]["lastStatus"], task["containers"][0]["exitCode"]) == ("STOPPED", code)
    assert task["createdAt"] <= task["startedAt"] <= task["stoppedAt"]
    assert status(environment_url(account, arn), **own_token(account)) == 404


@pytest.mark.parametrize("command", [(), ("python", "serve.py"), ("sleep", "infinity")])
def test_a_task_whose_command_does_not_end_runs_on(account: Account, clock: Clock, command: tuple[str, ...]) -> None:
    arn = run_command(account, *command)
    clock.pass_by(600)
    assert described(account, arn)["lastStatus"] == "RUNNING"


def test_a_task_goes_through_its_states(account: Account, clock: Clock) -> None:
    clock.stand_still()
    account.settings.operation = 4.0
    arn = run_command(account, "sleep", "4")
    states = []
    for _ in range(6):
        states.append(described(account, arn)["lastStatus"])
        clock.pass_by(2)
    assert states == ["PROVISIONING", "PENDING", "RUNNING", "RUNNING", "DEPROVISIONING", "STOPPED"]


def test_a_stopped_task_says_who_stopped_it(account: Account) -> None:
    arn = run_command(account, "sleep", "infinity")
    stopped = account.client("ecs").stop_task(cluster="main", task=arn, reason="enough")["task"]
    assert stopped["desiredStatus"] == "STOPPED"
    task = described(account, arn)
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "enough")
    assert task["containers"][0]["exitCode"] == 137
    account.client("ecs").stop_task(cluster="main", task=arn, reason="again")
    assert described(account, arn)["stoppedReason"] == "enough"


def test_a_task_has_all_its_containers(account: Account) -> None:
    ecs = account.client("ecs")
    containers = [{"name": "app", "image": "python", "memory": 64}, {"name": "log", "image": "fluentd", "memory": 64}]
    ecs.register_task_definition(family="two", containerDefinitions=containers, networkMode="awsvpc", memory="512")
    subnet = account.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet]}}
    arn = ecs.run_task(cluster="main", taskDefinition="two", launchType="FARGATE", networkConfiguration=network)
    task = described(account, arn["tasks"][0]["taskArn"])
    assert [container["name"] for container in task["containers"]] == ["app", "log"]
    assert {container["taskArn"] for container in task["containers"]} == {task["taskArn"]}
    prefix = task["taskArn"].replace(":task/", ":container/") + "/"
    assert all(container["containerArn"].startswith(prefix) for container in task["containers"])
