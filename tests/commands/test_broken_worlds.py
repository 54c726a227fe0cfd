"""A setup that worked and was then broken: the chain stops at the right hop, and applying again mends it."""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.commands.conftest import IMPERSONATED, SETUP, Answer, World
from tests.in_full import first
from tests.oracles.programs import Program, need
from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox

POOL = "/v1/projects/acme-analytics/locations/global/workloadIdentityPools/aws-prod"
PROVIDER = f"{POOL}/providers/aws-111122223333"
PRINCIPAL = (
    "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod"
    "/attribute.aws_role/arn:aws:sts::111122223333:assumed-role/"
)
EMAIL = "bq-loader@acme-analytics.iam.gserviceaccount.com"
INVALID_TARGET = (
    'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or '
    "provider is disabled or deleted or because it doesn't exist."
)


def wrong_account(clouds: Clouds) -> None:
    clouds.google.call("iam", "PATCH", PROVIDER, {"aws": {"accountId": "999988887777"}}, {"updateMask": "aws"})


def provider_disabled(clouds: Clouds) -> None:
    clouds.google.call("iam", "PATCH", PROVIDER, {"disabled": True}, {"updateMask": "disabled"})


def pool_soft_deleted(clouds: Clouds) -> None:
    clouds.google.call("iam", "DELETE", POOL)


def condition_names_another_role(clouds: Clouds) -> None:
    condition = "attribute.aws_role == 'arn:aws:sts::111122223333:assumed-role/another'"
    clouds.google.call(
        "iam", "PATCH", PROVIDER, {"attributeCondition": condition}, {"updateMask": "attributeCondition"}
    )


def binding_on_another_role(clouds: Clouds) -> None:
    _change_account_policy(clouds, lambda member: member.replace("rds-to-bigquery", "another"))


def no_workload_identity_user(clouds: Clouds) -> None:
    _change_account_policy(clouds, lambda _: None)


def role_missing_on_the_target(clouds: Clouds) -> None:
    path = "/v1/projects/acme-analytics"
    policy = clouds.google.call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", {})
    for binding in policy["bindings"]:
        binding["members"] = [each for each in binding["members"] if PRINCIPAL not in each and EMAIL not in each]
    policy["bindings"] = [each for each in policy["bindings"] if each["members"]]
    clouds.google.call("cloudresourcemanager", "POST", f"{path}:setIamPolicy", {"policy": policy})


def trust_for_another_service(clouds: Clouds) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    clouds.aws.call("iam", "update_assume_role_policy", RoleName="rds-to-bigquery", PolicyDocument=document)


@dataclass(frozen=True)
class Broken:
    """What is broken, at which hop the chain must stop, the cloud's words there, and words of the plain reason."""

    how: Callable[[Clouds], None]
    hop: str
    cloud: str | None
    reason: str
    setup: str = SETUP


WORLDS = [
    Broken(provider_disabled, "exchange", INVALID_TARGET, "disabled"),
    Broken(pool_soft_deleted, "exchange", INVALID_TARGET, "deleted"),
    Broken(
        condition_names_another_role,
        "exchange",
        "The given credential is rejected by the attribute condition.",
        "condition",
    ),
    Broken(
        binding_on_another_role,
        "impersonation",
        "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
        "another",
        IMPERSONATED,
    ),
    Broken(
        no_workload_identity_user,
        "impersonation",
        "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
        "roles/iam.workloadIdentityUser",
        IMPERSONATED,
    ),
    Broken(role_missing_on_the_target, "permission", None, "roles/bigquery"),
    Broken(trust_for_another_service, "aws-credentials", None, "ecs-tasks.amazonaws.com"),
]


@pytest.mark.parametrize("broken", WORLDS, ids=lambda broken: broken.how.__name__)
def test_a_broken_world_stops_the_chain_at_the_right_hop_and_is_mended(world: World, broken: Broken) -> None:
    setup = world.setup(broken.setup)
    assert world.wif("apply", setup, "--yes").code == 0
    broken.how(Clouds("acme-analytics", "ap-northeast-1"))

    answer = _test(world, setup)

    assert answer.code == 1
    hops = {each["hop"]: each for each in answer.json["hops"]}
    stopped = hops[broken.hop]
    assert _first_refused(answer.json["hops"]) == broken.hop
    assert broken.reason in stopped["reason"]
    assert stopped["fix"]
    if broken.cloud:
        assert stopped["error"]["message"] == broken.cloud
    after = [each["status"] for each in answer.json["hops"][list(hops).index(broken.hop) + 1 :]]
    assert set(after) <= {"skipped"}

    assert world.wif("apply", setup, "--yes").code == 0
    assert _test(world, setup).json["passed"]


@pytest.mark.parametrize(
    "how", first(1, [condition_names_another_role, provider_disabled, pool_soft_deleted]), ids=lambda how: how.__name__
)
def test_the_command_that_is_advised_mends_it(world: World, how: Callable[[Clouds], None]) -> None:
    need("gcloud")
    setup = world.setup()
    assert world.wif("apply", setup, "--yes").code == 0
    how(Clouds("acme-analytics", "ap-northeast-1"))
    advice = next(each["fix"] for each in _test(world, setup).json["hops"] if each["hop"] == "exchange")
    (command,) = re.findall(r"gcloud ([^;]+)", advice)
    Program("gcloud", world.sandbox.environ()).ok(*shlex.split(command))
    assert _test(world, setup).json["passed"]


def test_a_provider_for_another_account_is_left_alone_and_the_one_that_is_offered_works(fresh: World) -> None:
    assert fresh.wif("apply", fresh.setup(), "--yes").code == 0
    wrong_account(Clouds("acme-analytics", "ap-northeast-1"))
    exchange = next(each for each in _test(fresh, fresh.setup()).json["hops"] if each["hop"] == "exchange")
    assert "999988887777" in exchange["reason"]
    assert "for AWS account 111122223333: write the provider's name in the setup" in exchange["fix"]
    before = len(fresh.writes())
    refused = fresh.wif("apply", fresh.setup(), "--yes")
    assert refused.code == 1
    (offered,) = re.findall(r"write `provider: (\S+)`", refused.err)
    assert len(fresh.writes()) == before
    mended = fresh.setup(SETUP.replace("aws-111122223333", offered))
    assert fresh.wif("apply", mended, "--yes", "--accept-loss").code == 0
    assert _test(fresh, mended).json["passed"]


def test_a_hop_that_failed_is_told_in_plain_lines(world: World) -> None:
    setup = world.setup()
    assert world.wif("apply", setup, "--yes").code == 0
    provider_disabled(Clouds("acme-analytics", "ap-northeast-1"))
    answer = world.wif("test", setup, "--from", "here", "--yes", "--wait", "0")
    assert answer.code == 1
    assert f"     answer  invalid_target: {INVALID_TARGET}" in answer.out
    assert "The live test failed." in answer.out
    assert world.wif("apply", setup, "--yes").code == 0


def _test(world: World, setup: str) -> Answer:
    return world.wif("test", setup, "--from", "here", "--yes", "--json", "--wait", "0")


def _first_refused(hops: list[dict[str, Any]]) -> str:
    """The first hop that a cloud refused; the predicted principal is computed, and comes before the cloud's word."""
    return next(str(each["hop"]) for each in hops if each["status"] == "failed" and each["hop"] != "principal")


def _change_account_policy(clouds: Clouds, change: Callable[[str], str | None]) -> None:
    policy = clouds.google_iam.get_policy("acme-analytics", EMAIL)
    for binding in policy["bindings"]:
        binding["members"] = [new for each in binding["members"] if (new := change(each))]
    policy["bindings"] = [each for each in policy["bindings"] if each["members"]]
    clouds.google_iam.set_policy("acme-analytics", EMAIL, policy)


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    """One sandbox for all worlds: each is mended by applying again."""
    with Sandbox(arguments=["--steady"]) as sandbox:
        yield sandbox
