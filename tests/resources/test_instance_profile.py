"""The instance profile that carries a role into an EC2 instance."""

import json

import pytest

from tests.resources.writing import action, change_of, planned_revert, revert, write
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change
from wizard.resources.aws_role import InstanceProfile
from wizard.resources.kind import Needed

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
)
ACCOUNT, REGION = "111122223333", "ap-northeast-1"


def profile(name: str) -> InstanceProfile:
    """The profile of a role, named as the role is."""
    return InstanceProfile(ACCOUNT, REGION, name)


def test_a_new_profile_carries_its_role_and_is_deleted(clouds: Clouds) -> None:
    wanted = profile("without-a-profile")
    assert write(wanted, clouds).action == "create"
    assert wanted.read(clouds) == {"role": "without-a-profile"}
    wanted.delete(clouds)
    assert wanted.read(clouds) is None


def test_a_profile_that_carries_the_role_is_left_as_it_is(clouds: Clouds) -> None:
    assert action(profile("in-a-profile"), clouds) == "none"


def test_another_role_gives_way_and_that_is_told_before(clouds: Clouds) -> None:
    wanted = profile("profile-of-another")
    change = change_of(wanted, clouds)
    assert wanted.losers(change) == ["instances with this instance profile lose the role for-lambda"]
    assert write(wanted, clouds).action == "update"
    assert wanted.read(clouds) == {"role": "profile-of-another"}


def test_the_former_role_is_there_again_unless_it_does_not_exist_any_more(clouds: Clouds) -> None:
    clouds.aws.call("iam", "create_role", RoleName="gets-it-back", AssumeRolePolicyDocument=TRUST)
    clouds.aws.call("iam", "create_instance_profile", InstanceProfileName="gets-it-back")
    former = {"InstanceProfileName": "gets-it-back", "RoleName": "for-lambda-too"}
    clouds.aws.call("iam", "create_role", RoleName="for-lambda-too", AssumeRolePolicyDocument=TRUST)
    clouds.aws.call("iam", "add_role_to_instance_profile", **former)
    wanted = profile("gets-it-back")
    change = write(wanted, clouds)
    clouds.aws.call("iam", "delete_role", RoleName="for-lambda-too")
    assert revert(change, clouds) == ["The former role for-lambda-too no longer exists."]
    assert wanted.read(clouds) == {"role": "gets-it-back"}
    clouds.aws.call("iam", "create_role", RoleName="for-lambda-too", AssumeRolePolicyDocument=TRUST)
    (taken,) = planned_revert(change, clouds).plan.changes
    assert taken.resource.losers(taken) == ["instances with this instance profile lose the role gets-it-back"]
    assert revert(change, clouds) == []
    assert wanted.read(clouds) == {"role": "for-lambda-too"}


def test_an_empty_profile_gets_the_role(clouds: Clouds) -> None:
    clouds.aws.call("iam", "create_instance_profile", InstanceProfileName="for-batch")
    wanted = profile("for-batch")
    change = write(wanted, clouds)
    assert (change.action, wanted.losers(change)) == ("update", [])
    assert action(wanted, clouds) == "none"


def test_the_commands_by_hand_and_what_they_take() -> None:
    wanted = profile("by-hand")
    create, update = (Change(wanted, before, wanted.desired()) for before in (None, {"role": None}))
    add = "aws iam add-role-to-instance-profile --instance-profile-name by-hand --role-name by-hand"
    made = "aws iam create-instance-profile --instance-profile-name by-hand"
    assert wanted.commands(create) == [made, add]
    assert wanted.commands(update) == [add]
    arn = f"arn:aws:iam::{ACCOUNT}:instance-profile/by-hand"
    needed = [
        Needed("aws", "iam:AddRoleToInstanceProfile", arn),
        Needed("aws", "iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/by-hand"),
    ]
    assert wanted.permissions(create) == [Needed("aws", "iam:CreateInstanceProfile", arn), *needed]
    assert wanted.permissions(update) == needed


def test_one_that_is_there_already_has_moved_and_a_role_that_is_not_there_is_not_there_yet(clouds: Clouds) -> None:
    with pytest.raises(CloudError) as taken:
        profile("in-a-profile").create(clouds)
    assert profile("in-a-profile").moved(taken.value)
    with pytest.raises(CloudError) as missing:
        profile("nobody").create(clouds)
    assert missing.value.reason == "NoSuchEntity"
    assert profile("nobody").not_yet(missing.value)
