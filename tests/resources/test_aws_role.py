"""The IAM role of a workload: made for its runtime, and where it is there already, widened by one statement."""

import json
import shlex

import pytest

from tests.resources.writing import action, change_of, write
from wizard.clouds.errors import CloudError, NoCredentials
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change
from wizard.federation.trust import trust_policy
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.resources.aws_role import Role
from wizard.resources.kind import Needed

ACCOUNT, REGION = "111122223333", "ap-northeast-1"


def role(name: str, runtime: str = "batch-fargate") -> Role:
    """A role of the account."""
    return Role(ACCOUNT, REGION, name, RUNTIMES[runtime].trusted_service(ACCOUNT, REGION))


def statements(wanted: Role, clouds: Clouds) -> list[dict[str, object]]:
    """The statements of its trust policy now."""
    document = wanted.trust_policy(clouds)
    assert document is not None
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize("runtime", ["batch-fargate", "ec2", "lambda"])
def test_a_new_role_trusts_its_runtime_and_is_deleted(clouds: Clouds, runtime: str) -> None:
    wanted = role(f"new-{runtime}", runtime)
    assert write(wanted, clouds).action == "create"
    assert wanted.trust_policy(clouds) == trust_policy(RUNTIMES[runtime].trusted_service(ACCOUNT, REGION))
    assert action(wanted, clouds) == "none"
    wanted.delete(clouds)
    assert wanted.read(clouds) is None


def test_a_role_that_trusts_the_service_is_left_as_it_is(clouds: Clouds) -> None:
    assert action(role("for-batch"), clouds) == "none"
    assert action(role("for-lambda", "lambda"), clouds) == "none"


@pytest.mark.parametrize("name", ["shared", "one-statement"])
def test_statements_of_others_stay(clouds: Clouds, name: str) -> None:
    wanted = role(name)
    theirs = statements(wanted, clouds)
    change = write(wanted, clouds)
    assert change.action == "update"
    assert "keeps its other statements" in str(wanted.impact(change))
    now = statements(wanted, clouds)
    assert now[:-1] == theirs
    assert now[-1] == {
        **trust_policy(RUNTIMES["batch-fargate"].trusted_service(ACCOUNT, REGION))["Statement"][0],
        "Sid": "WifWizardRuntime",
    }
    assert action(wanted, clouds) == "none"


def test_a_condition_that_does_not_hold_here_is_not_taken_for_trust(clouds: Clouds) -> None:
    wanted = role("of-another-cluster")
    (theirs,) = statements(wanted, clouds)
    assert wanted.read(clouds) == {"assumable_by": "ecs-tasks.amazonaws.com, but not for this workload"}
    assert write(wanted, clouds).action == "update"
    assert theirs in statements(wanted, clouds)
    assert action(wanted, clouds) == "none"


def test_a_statement_that_came_after_the_review_stays(clouds: Clouds) -> None:
    """Trust policies have no etag: the policy is read again just before it is written."""
    wanted = role("for-lambda")
    change = change_of(wanted, clouds)
    later = {"Sid": "Later", "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}
    document = wanted.trust_policy(clouds) or {}
    document["Statement"].append({**later, "Action": "sts:AssumeRole"})
    policy = json.dumps(document)
    clouds.aws.call("iam", "update_assume_role_policy", RoleName=wanted.role, PolicyDocument=policy)
    wanted.update(clouds, change)
    assert "Later" in [each.get("Sid") for each in statements(wanted, clouds)]


def test_who_may_assume_it_now_is_told(clouds: Clouds) -> None:
    assert role("in-a-profile").read(clouds) == {"assumable_by": "ec2.amazonaws.com"}
    policy = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]}
    document = json.dumps({"Version": "2012-10-17", **policy})
    clouds.aws.call("iam", "create_role", RoleName="nobody", AssumeRolePolicyDocument=document)
    assert role("nobody").read(clouds) == {"assumable_by": "no service"}


def test_the_command_by_hand_for_a_new_role() -> None:
    wanted = role("by-hand")
    change = Change(wanted, None, wanted.desired())
    (command,) = wanted.commands(change)
    *words, document = shlex.split(command)
    assert words == ["aws", "iam", "create-role", "--role-name", "by-hand", "--assume-role-policy-document"]
    assert json.loads(document) == trust_policy(RUNTIMES["batch-fargate"].trusted_service(ACCOUNT, REGION))
    assert wanted.impact(change) is None
    assert wanted.permissions(change) == [Needed("aws", "iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/by-hand")]


def test_the_command_by_hand_for_a_role_that_is_there_says_what_to_keep() -> None:
    wanted = role("by-hand")
    change = Change(wanted, {"assumable_by": "no service"}, wanted.desired())
    comment, command = wanted.commands(change)
    assert comment.startswith("# add this statement to the trust policy of by-hand, and keep the others: ")
    assert json.loads(comment.partition("others: ")[2])["Sid"] == "WifWizardRuntime"
    assert command.startswith("aws iam update-assume-role-policy --role-name by-hand ")
    (needed,) = wanted.permissions(change)
    assert needed.permission == "iam:UpdateAssumeRolePolicy"


def test_one_that_is_there_already_has_moved_and_one_that_is_not_there_is_not_there_yet(clouds: Clouds) -> None:
    there, early = role("for-batch"), role("not-there")
    with pytest.raises(CloudError) as taken:
        there.create(clouds)
    assert (taken.value.status, taken.value.reason) == (409, "EntityAlreadyExists")
    assert there.moved(taken.value) and not there.not_yet(taken.value)
    with pytest.raises(CloudError) as missing:
        early.update(clouds, Change(early, {}, early.desired()))
    assert (missing.value.status, missing.value.reason) == (404, "NoSuchEntity")
    assert early.not_yet(missing.value) and not early.moved(missing.value)


def test_keys_that_aws_does_not_know_are_told_as_missing_credentials(
    clouds: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAUNKNOWNUNKNOWN12")
    with pytest.raises(NoCredentials) as refused:
        role("for-batch").read(clouds)
    assert refused.value.reason == "InvalidClientTokenId"
    assert "AWS_PROFILE" in refused.value.hint
