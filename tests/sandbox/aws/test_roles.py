"""IAM refuses roles and trust policies that AWS would not store."""

import json
from typing import Any

import pytest

from tests.sandbox.aws.served import Account, refusal, trust

ECS = {"Service": "ecs-tasks.amazonaws.com"}


def create(account: Account, document: str, **parameters: Any) -> tuple[str, str, int]:
    call = account.client("iam").create_role
    return refusal(call, **{"RoleName": "reader", "AssumeRolePolicyDocument": document, **parameters})


def changed(**parts: Any) -> str:
    """A trust policy document with other parts in its statement; a part that is None is left out."""
    policy = json.loads(trust(ECS))
    statement = {**policy["Statement"][0], **parts}
    policy["Statement"] = [{name: value for name, value in statement.items() if value is not None}]
    return json.dumps(policy)


@pytest.mark.parametrize(
    "document",
    [
        "not JSON",
        "{}",
        changed(Effect="Maybe"),
        changed(Principal=None),
        changed(Principal={}),
        changed(Principal={"Nobody": "x"}),
        changed(Principal={"Service": "ecs-tasks"}),
        changed(Resource="*"),
        changed(Action="s3:GetObject"),
        changed(Condition={"StringIs": {"aws:SourceAccount": "1"}}),
    ],
)
def test_a_malformed_trust_policy_is_refused(account: Account, document: str) -> None:
    code, _, status = create(account, document)
    assert (code, status) == ("MalformedPolicyDocument", 400)


@pytest.mark.parametrize("name", ["user/nobody", "role/nothing", "assumed-role/nothing/session"])
def test_a_principal_must_exist(account: Account, name: str) -> None:
    service = "sts" if name.startswith("assumed") else "iam"
    arn = f"arn:aws:{service}::111122223333:{name}"
    expected = ("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"', 400)
    assert create(account, trust({"AWS": arn})) == expected
    account.client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument=trust(ECS))
    update = account.client("iam").update_assume_role_policy
    assert refusal(update, RoleName="reader", PolicyDocument=trust({"AWS": arn})) == expected


def test_a_trust_policy_has_a_size_limit(account: Account) -> None:
    arns = [f"arn:aws:iam::{number:012d}:root" for number in range(80)]
    assert create(account, trust({"AWS": arns}))[0] == "LimitExceeded"


@pytest.mark.parametrize(
    "parameters",
    [
        {"RoleName": "two words"},
        {"RoleName": "x" * 65},
        {"Path": "no-slashes"},
        {"MaxSessionDuration": 3599},
        {"MaxSessionDuration": 43201},
    ],
)
def test_names_paths_and_durations_have_rules(account: Account, parameters: dict[str, Any]) -> None:
    assert create(account, trust(ECS), **parameters)[0] == "ValidationError"


def test_a_role_is_made_once(account: Account) -> None:
    iam = account.client("iam")
    iam.create_role(RoleName="reader", Path="/data/", AssumeRolePolicyDocument=trust(ECS))
    code, text, status = create(account, trust(ECS))
    assert (code, text, status) == ("EntityAlreadyExists", "Role with name reader already exists.", 409)


def test_a_trust_policy_is_read_back_as_it_was_written(account: Account) -> None:
    iam = account.client("iam")
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=trust(ECS))
    written = json.loads(trust(ECS, StringEquals={"aws:SourceAccount": "111122223333"}))
    iam.update_assume_role_policy(RoleName="reader", PolicyDocument=json.dumps(written))
    assert iam.get_role(RoleName="reader")["Role"]["AssumeRolePolicyDocument"] == written


def test_the_trust_of_a_missing_role_cannot_be_changed(account: Account) -> None:
    update = account.client("iam").update_assume_role_policy
    code, text, status = refusal(update, RoleName="reader", PolicyDocument=trust(ECS))
    assert (code, text, status) == ("NoSuchEntity", "The role with name reader cannot be found.", 404)


def test_an_instance_profile_holds_a_role(account: Account) -> None:
    iam = account.client("iam")
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    iam.create_instance_profile(InstanceProfileName="reader")
    iam.add_role_to_instance_profile(InstanceProfileName="reader", RoleName="reader")
    profile = iam.get_instance_profile(InstanceProfileName="reader")["InstanceProfile"]
    assert [role["RoleName"] for role in profile["Roles"]] == ["reader"]


def test_the_trust_of_a_role_of_aws_cannot_be_changed(account: Account) -> None:
    iam = account.client("iam")
    name = iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]["RoleName"]
    code, _, status = refusal(iam.update_assume_role_policy, RoleName=name, PolicyDocument=trust(ECS))
    assert (code, status) == ("UnmodifiableEntity", 400)
