"""Services of ECS: a deployment takes a while, and replaces the one before it."""

from typing import Any

from tests.sandbox.aws.served import ACCOUNT, Account, Accounts, Clock, refusal, trust
from tests.sandbox.aws.test_definitions import TASK

ROLE = f"arn:aws:iam::{ACCOUNT}:role/loader"


def started(accounts: Accounts, principal: str = "ecs-tasks.amazonaws.com", **changes: Any) -> Account:
    """An account with a service on revision 1 of two."""
    roles = [{"name": "loader", "service": principal}]
    second = {**TASK, "taskRoleArn": ROLE}
    account = accounts(roles=roles, clusters=["prod"], task_definitions=[TASK, second])
    account.settings.operation = 10.0
    account.client("ecs").create_service(
        cluster="prod", serviceName="orders", taskDefinition="orders:1", desiredCount=2, **changes
    )
    return account


def deployments(account: Account) -> list[tuple[str, str, int]]:
    found = account.client("ecs").describe_services(cluster="prod", services=["orders"])["services"][0]
    return [
        (one["taskDefinition"].rpartition(":")[2], one["rolloutState"], one["runningCount"])
        for one in found["deployments"]
    ]


def test_a_deployment_takes_a_while_and_replaces_the_one_before(accounts: Accounts, clock: Clock) -> None:
    account = started(accounts)
    clock.stand_still()
    assert deployments(account) == [("1", "IN_PROGRESS", 0)]
    clock.pass_by(10)
    assert deployments(account) == [("1", "COMPLETED", 2)]
    answer = account.client("ecs").update_service(cluster="prod", service="orders", taskDefinition="orders")
    assert answer["service"]["taskDefinition"].endswith(":task-definition/orders:2")
    assert len(answer["service"]["deployments"]) == 2
    assert deployments(account) == [("2", "IN_PROGRESS", 0), ("1", "COMPLETED", 2)]
    clock.pass_by(10)
    assert deployments(account) == [("2", "COMPLETED", 2)]


def test_tasks_whose_role_does_not_trust_ecs_never_run(accounts: Accounts, clock: Clock) -> None:
    account = started(accounts, "lambda.amazonaws.com")
    clock.pass_by(10)
    account.client("ecs").update_service(cluster="prod", service="orders", taskDefinition="orders:2")
    clock.pass_by(100)
    assert deployments(account) == [("2", "IN_PROGRESS", 0), ("1", "COMPLETED", 2)]
    document = trust({"Service": "ecs-tasks.amazonaws.com"})
    account.client("iam").update_assume_role_policy(RoleName="loader", PolicyDocument=document)
    assert deployments(account) == [("2", "COMPLETED", 2)]


def test_codedeploy_deploys_its_own_services(accounts: Accounts) -> None:
    account = started(accounts, deploymentController={"type": "CODE_DEPLOY"})
    update = account.client("ecs").update_service
    code, _, status = refusal(update, cluster="prod", service="orders", taskDefinition="orders:2")
    assert (code, status) == ("InvalidParameterException", 400)


def test_a_name_that_no_service_can_have_is_refused(accounts: Accounts) -> None:
    ecs = accounts(clusters=["prod"], task_definitions=[TASK]).client("ecs")
    for name in (ROLE, "x" * 256, "a b"):
        refused = refusal(ecs.create_service, cluster="prod", serviceName=name, taskDefinition="orders")
        assert refused[0] == "InvalidParameterException"
