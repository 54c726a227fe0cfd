"""A service of ECS, which a deployment moves to the revision that has the role."""

import json
from typing import Any

import pytest

from tests.resources.test_definitions import ROLE, SERVICE, register_task, task
from tests.resources.writing import action, change_of, revert, write
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Owner, Refused
from wizard.federation.trust import trust_policy
from wizard.resources import ecs_service
from wizard.resources.ecs_service import EcsService
from wizard.resources.kind import Needed

ACCOUNT, REGION = "111122223333", "ap-northeast-1"


def service(family: str, name: str = "orders") -> EcsService:
    return EcsService(ACCOUNT, REGION, "prod", name, task(family))


def start(clouds: Clouds, family: str, name: str, **changes: Any) -> None:
    """Start a service on revision 1 of a new family."""
    register_task(clouds, family, **changes)
    clouds.aws.call("ecs", "create_cluster", clusterName="prod")
    clouds.aws.call(
        "ecs", "create_service", cluster="prod", serviceName=name, taskDefinition=f"{family}:1", desiredCount=2
    )


def revision(clouds: Clouds, name: str) -> str:
    """The revision that a service runs."""
    found = clouds.aws.call("ecs", "describe_services", cluster="prod", services=[name])["services"][0]
    (deployment,) = found["deployments"]
    assert (deployment["runningCount"], deployment["taskDefinition"]) == (2, found["taskDefinition"])
    return str(found["taskDefinition"]).rpartition(":")[2]


def test_a_service_moves_to_the_revision_with_the_role_and_back(clouds: Clouds) -> None:
    trust = json.dumps(trust_policy(SERVICE))
    clouds.aws.call("iam", "create_role", RoleName="old-task", AssumeRolePolicyDocument=trust)
    start(clouds, "moves", "moves", taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/old-task")
    wanted = service("moves", "moves")
    reviewed = change_of(wanted, clouds)
    assert reviewed.action == "update"
    assert wanted.impact(reviewed) == (
        "ECS replaces the 2 tasks of the service step by step, as the deployment configuration of the service specifies"
    )
    assert wanted.losers(reviewed) == [
        "the tasks of prod/moves lose the role old-task: AWS then denies the actions that for-batch does not allow"
    ]
    assert wanted.permissions(reviewed) == [Needed("aws", "ecs:UpdateService", wanted.name)]
    write(wanted.definition, clouds)
    change = write(wanted, clouds)
    assert (revision(clouds, "moves"), action(wanted, clouds)) == ("2", "none")
    state = wanted.read(clouds)
    assert state is not None
    assert state["taskRoleArn"] == ROLE
    assert revert(change, clouds) == []
    assert revision(clouds, "moves") == "1"


def test_a_service_that_someone_moved_to_another_revision_is_left(clouds: Clouds) -> None:
    start(clouds, "bumped", "bumped")
    wanted = service("bumped", "bumped")
    write(wanted.definition, clouds)
    change = write(wanted, clouds)
    newest = wanted.definition._kept(wanted.definition._newest(clouds))
    containers = [{**container, "image": "acme/load:9"} for container in newest["containerDefinitions"]]
    other = {**newest, "containerDefinitions": containers}
    clouds.aws.call("ecs", "register_task_definition", **other)
    clouds.aws.call("ecs", "update_service", cluster="prod", service="bumped", taskDefinition="bumped")
    assert revert(change, clouds) == [
        "There is no earlier active revision that has the former values and otherwise matches the revision that "
        "the service prod/bumped runs."
    ]
    assert revision(clouds, "bumped") == "3"
    clouds.aws.call("ecs", "register_task_definition", **{**other, "family": "of-others"})
    clouds.aws.call("ecs", "update_service", cluster="prod", service="bumped", taskDefinition="of-others")
    assert revert(change, clouds) == ["The service runs of-others:1, which the run did not deploy."]


def test_a_service_that_is_not_updated_is_named_with_its_command(clouds: Clouds) -> None:
    start(clouds, "stays", "stays")
    wanted = task("stays")
    command = "aws ecs update-service --cluster prod --service stays --task-definition stays"
    told = (
        "The ECS service prod/stays continues to use revision 1 until you update the service. Add the service to "
        f"aws.services in the setup, or run: {command}"
    )
    assert told in wanted.notes(change_of(wanted, clouds))
    updated = task("stays", services=frozenset({"prod/stays"}))
    assert told not in updated.notes(change_of(updated, clouds))


def test_a_service_of_another_family_and_one_that_is_not_there_are_refused(clouds: Clouds) -> None:
    start(clouds, "first", "first")
    with pytest.raises(Refused, match="prod/first runs the task definition first, not other"):
        service("other", "first").read(clouds)
    with pytest.raises(Refused, match="cluster prod has no active service nobody in ap-northeast-1"):
        service("first", "nobody").read(clouds)


def test_a_service_that_codedeploy_deploys_is_left_to_it() -> None:
    wanted = service("orders")
    before = {"taskRoleArn": None, "environment": {}, "controller": "CODE_DEPLOY"}
    expected = Owner("AWS CodeDeploy", "deployment of prod/orders")
    assert wanted.owner(Change(wanted, before, wanted.desired())) == expected
    assert wanted.owner(Change(wanted, {**before, "controller": "ECS"}, wanted.desired())) is None


def test_a_deployment_is_done_when_it_is_the_only_one_and_its_tasks_run() -> None:
    old, new = "arn:old", "arn:new"
    primary = {"status": "PRIMARY", "taskDefinition": new, "runningCount": 2}
    others = [
        [primary, {"status": "ACTIVE", "taskDefinition": old, "runningCount": 1}],
        [{**primary, "runningCount": 1}],
        [{**primary, "taskDefinition": old}],
        [],
    ]
    for deployments in others:
        assert not ecs_service._is_stable({"desiredCount": 2, "deployments": deployments}, new)
    assert ecs_service._is_stable({"desiredCount": 2, "deployments": [primary]}, new)
    failed = {**primary, "rolloutState": "FAILED", "rolloutStateReason": "tasks failed to start"}
    with pytest.raises(Refused, match="ECS could not deploy the new revision: tasks failed to start"):
        ecs_service._is_stable({"desiredCount": 2, "deployments": [failed]}, new)
