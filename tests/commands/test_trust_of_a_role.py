"""`plan`, `apply` and `test` agree about a role that exists: whether the runtime can assume it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import SETUP, Answer, World
from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox

ACCOUNT, REGION = "111122223333", "ap-northeast-1"
ECS = {"Service": "ecs-tasks.amazonaws.com"}
HERE = f"arn:aws:ecs:{REGION}:{ACCOUNT}"


def allow(principal: object = ECS, **condition: object) -> dict[str, Any]:
    """A statement that lets a principal in, under a condition."""
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}


def deny(**condition: object) -> dict[str, Any]:
    """A statement that keeps everyone out, under a condition."""
    return {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": condition}


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    """One sandbox: each test has a role, a pool and a provider of its own."""
    with Sandbox(arguments=["--steady"]) as sandbox:
        yield sandbox


@pytest.fixture
def world(
    tmp_path: Path, shared_sandbox: Sandbox, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]
) -> World:
    """The sandbox, and a folder for this test."""
    lead_here(shared_sandbox)
    return World(tmp_path, shared_sandbox, wif)


def with_role(world: World, name: str, *statements: dict[str, Any]) -> str:
    """Create a role with these statements, and return the path of a setup for it."""
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    clouds = Clouds("acme-analytics", REGION)
    clouds.aws.call("iam", "create_role", RoleName=name, AssumeRolePolicyDocument=document)
    return world.setup(SETUP.replace("rds-to-bigquery", name).replace("aws-prod", f"of-{name}"))


def applied_and_tested(world: World, setup: str) -> tuple[str, Answer]:
    """The action that apply took about the role, and what the live test said."""
    plan = world.wif("plan", setup, "--json").json
    (action,) = [change["action"] for change in plan["changes"] if change["kind"] == "IAM role"]
    assert world.wif("apply", setup, "--yes").code == 0
    assert world.wif("plan", setup).code == 0
    return action, world.wif("test", setup, "--yes", "--wait", "0")


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("resource-account", allow(StringEquals={"aws:ResourceAccount": ACCOUNT})),
        ("aws-service", allow(Bool={"aws:PrincipalIsAWSService": "true"})),
        ("variable", allow(StringEquals={"aws:SourceAccount": "${aws:ResourceAccount}"})),
        ("source", allow(ArnLike={"aws:SourceArn": f"{HERE}:*"}, StringLike={"aws:SourceAccount": "1111*"})),
    ],
)
def test_a_sound_role_is_in_place_and_passes(world: World, name: str, statement: dict[str, Any]) -> None:
    action, tested = applied_and_tested(world, with_role(world, name, statement))
    assert (action, tested.code) == ("none", 0)
    assert "?  " not in tested.out


@pytest.mark.parametrize(
    ("name", "statement", "missing"),
    [
        ("organization", allow(StringEquals={"aws:SourceOrgID": "o-a1b2c3d4e5"}), "aws:SourceOrgID"),
        ("tasks-only", allow(ArnLike={"aws:SourceArn": f"{HERE}:task/*"}), "aws:SourceArn"),
        ("tagged", allow(StringEquals={"aws:SourceAccount": "${aws:PrincipalTag/home}"}), "aws:PrincipalTag/home"),
    ],
)
def test_what_is_not_known_is_noted_and_not_proven(
    world: World, name: str, statement: dict[str, Any], missing: str
) -> None:
    setup = with_role(world, name, statement)
    assert f"depends on {missing}" in world.wif("plan", setup).out
    action, tested = applied_and_tested(world, setup)
    assert (action, tested.code) == ("none", 0)
    assert f"depends on {missing}" in tested.out


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("other-account", allow(StringEquals={"aws:SourceAccount": "444455556666"})),
        ("other-region", allow(ArnLike={"aws:SourceArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:*"})),
        ("external", allow(StringEquals={"sts:ExternalId": "x"})),
        ("other-service", allow({"Service": "lambda.amazonaws.com"})),
    ],
)
def test_a_role_that_the_runtime_cannot_assume_gets_a_statement_and_passes(
    world: World, name: str, statement: dict[str, Any]
) -> None:
    setup = with_role(world, name, statement)
    action, tested = applied_and_tested(world, setup)
    assert (action, tested.code) == ("update", 0)
    role = Clouds("acme-analytics", REGION).aws.call("iam", "get_role", RoleName=name)["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0] == statement


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("no-services", deny(Bool={"aws:PrincipalIsAWSService": "true"})),
        ("never", deny()),
        ("not-from-here", deny(StringEquals={"aws:SourceAccount": ACCOUNT})),
    ],
)
def test_a_deny_is_refused_by_plan_and_apply_by_name(world: World, name: str, statement: dict[str, Any]) -> None:
    setup = with_role(world, name, allow(), {**statement, "Sid": "Closed"})
    for command in (["plan"], ["apply", "--yes"]):
        refused = world.wif(*command, setup)
        assert refused.code == 1
        assert "statement 2 (Sid Closed)" in refused.err
    assert not [each for each in world.writes() if f"of-{name}" in each["path"]]
