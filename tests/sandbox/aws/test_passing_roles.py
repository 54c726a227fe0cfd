"""Who hands a role to a service needs iam:PassRole on it."""

import io
import zipfile
from typing import Any

import pytest

from tests.sandbox.aws.people import USER, allow, user
from tests.sandbox.aws.served import ACCOUNT, Account, Accounts, refusal

ECS_ROLE = f"arn:aws:iam::{ACCOUNT}:role/data/loader"
LAMBDA_ROLE = f"arn:aws:iam::{ACCOUNT}:role/function"
EC2_ROLE = f"arn:aws:iam::{ACCOUNT}:role/machine"
PASS_TO_TASKS = allow(
    "iam:PassRole", ECS_ROLE, Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
)
CONTAINER = {"name": "app", "image": "python", "memory": 128}


def because(role: str) -> str:
    who = f"User: {USER} is not authorized to perform: iam:PassRole on resource: {role}"
    return f"{who} because no identity-based policy allows the iam:PassRole action"


@pytest.fixture
def account(accounts: Accounts) -> Account:
    return accounts(
        roles=[
            {"name": "loader", "path": "/data/", "service": "ecs-tasks.amazonaws.com"},
            {"name": "function", "service": "lambda.amazonaws.com"},
            {"name": "machine", "service": "ec2.amazonaws.com"},
        ],
        instance_profiles=[{"name": "machine", "role": "machine"}],
        instances=[{}],
        clusters=["main"],
    )


def register(account: Account, key: Any, **roles: str) -> tuple[Any, dict[str, Any]]:
    parameters = {"family": "load", "containerDefinitions": [CONTAINER], **roles}
    return account.client("ecs", key).register_task_definition, parameters


@pytest.mark.parametrize("parameter", ["taskRoleArn", "executionRoleArn"])
def test_a_task_definition_needs_it(account: Account, parameter: str) -> None:
    key = user(account, allow("ecs:*"))
    call, parameters = register(account, key, **{parameter: ECS_ROLE})
    assert refusal(call, **parameters) == ("AccessDeniedException", because(ECS_ROLE), 400)
    call, parameters = register(account, key)
    assert call(**parameters)


def test_a_permission_for_the_service_is_enough(account: Account) -> None:
    key = user(account, allow("*", "arn:aws:ecs:*:*:*"), allow("ecs:*"), PASS_TO_TASKS)
    call, parameters = register(account, key, taskRoleArn=ECS_ROLE)
    assert call(**parameters)["taskDefinition"]["taskRoleArn"] == ECS_ROLE


def test_a_permission_for_another_service_is_not(account: Account) -> None:
    only = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    key = user(account, allow("ecs:*"), allow("iam:PassRole", Condition=only))
    call, parameters = register(account, key, taskRoleArn=ECS_ROLE)
    assert refusal(call, **parameters)[1] == because(ECS_ROLE)


def test_running_a_task_needs_it_too(account: Account) -> None:
    call, parameters = register(account, None, taskRoleArn=ECS_ROLE)
    call(**parameters)
    run = account.client("ecs", user(account, allow("ecs:*"))).run_task
    assert refusal(run, cluster="main", taskDefinition="load")[1] == because(ECS_ROLE)
    overrides = {"taskRoleArn": EC2_ROLE}
    answer = refusal(run, cluster="main", taskDefinition="load", overrides=overrides)
    assert answer[1] == because(EC2_ROLE)


def test_running_a_task_needs_the_permission_on_its_definition(account: Account) -> None:
    call, parameters = register(account, None)
    call(**parameters)
    other = f"arn:aws:ecs:*:{ACCOUNT}:task-definition/other:*"
    run = account.client("ecs", user(account, allow("ecs:RunTask", other))).run_task
    text = refusal(run, cluster="main", taskDefinition="load")[1]
    assert f"on resource: arn:aws:ecs:ap-northeast-1:{ACCOUNT}:task-definition/load:1 because" in text


def test_a_job_definition_needs_it(account: Account) -> None:
    key = user(account, allow("batch:*"))
    needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
    container = {"image": "python", "jobRoleArn": ECS_ROLE, "resourceRequirements": needs}
    call = account.client("batch", key).register_job_definition
    answer = refusal(call, jobDefinitionName="load", type="container", containerProperties=container)
    assert answer == ("AccessDeniedException", because(ECS_ROLE), 403)


def test_a_function_needs_it(account: Account) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): pass")
    function = {"FunctionName": "load", "Runtime": "python3.13", "Handler": "app.handler", "Role": LAMBDA_ROLE}
    call = account.client("lambda", user(account, allow("lambda:*"))).create_function
    answer = refusal(call, **function, Code={"ZipFile": data.getvalue()})
    assert answer == ("AccessDeniedException", because(LAMBDA_ROLE), 403)


def test_an_instance_profile_needs_it(account: Account) -> None:
    instance = account.client("ec2").describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"]
    call = account.client("ec2", user(account, allow("ec2:*"))).associate_iam_instance_profile
    code, text, _ = refusal(call, IamInstanceProfile={"Name": "machine"}, InstanceId=instance)
    assert code == "UnauthorizedOperation"
    assert because(EC2_ROLE) in text
