"""The instance that runs the workload: its instance profile, and its metadata service."""

from typing import Any

import pytest

from tests.resources.writing import action, change_of, planned_revert, revert, write
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Owner, Refused
from wizard.resources.ec2_instance import Ec2Instance
from wizard.resources.kind import Needed

ACCOUNT, REGION = "111122223333", "ap-northeast-1"


def instance(instance_id: str, role: str = "in-a-profile", **changes: Any) -> Ec2Instance:
    return Ec2Instance(ACCOUNT, REGION, instance_id, role, **changes)


def start(clouds: Clouds, profile: str | None = None, **options: Any) -> str:
    """Start an instance; returns its ID."""
    arguments: dict[str, Any] = {"IamInstanceProfile": {"Name": profile}} if profile else {}
    answer = clouds.aws.call(
        "ec2", "run_instances", ImageId="ami-03cf127a", MinCount=1, MaxCount=1, MetadataOptions=options, **arguments
    )
    return str(answer["Instances"][0]["InstanceId"])


def options_of(clouds: Clouds, instance_id: str) -> tuple[str, str, int]:
    answer = clouds.aws.call("ec2", "describe_instances", InstanceIds=[instance_id])
    options = answer["Reservations"][0]["Instances"][0]["MetadataOptions"]
    return options["HttpEndpoint"], options["HttpTokens"], options["HttpPutResponseHopLimit"]


def test_an_instance_without_a_profile_gets_one_and_loses_it_again(clouds: Clouds) -> None:
    wanted = instance(start(clouds))
    reviewed = change_of(wanted, clouds)
    assert wanted.losers(reviewed) == []
    assert wanted.impact(reviewed) == (
        f"every program on {wanted.instance} gets the role in-a-profile within minutes, without a restart"
    )
    assert [needed.permission for needed in wanted.permissions(reviewed)] == [
        "ec2:AssociateIamInstanceProfile",
        "iam:PassRole",
    ]
    change = write(wanted, clouds)
    assert action(wanted, clouds) == "none"
    (taken,) = planned_revert(change, clouds).plan.changes
    assert taken.resource.impact(taken) == (
        f"every program on {wanted.instance} loses the role in-a-profile when the role's credentials expire, "
        "even without a restart"
    )
    assert revert(change, clouds) == []
    state = wanted.read(clouds)
    assert state is not None
    assert (state["instance_profile"], state["role"]) == (None, None)


def test_another_profile_gives_way_and_that_is_a_loss(clouds: Clouds) -> None:
    wanted = instance(start(clouds, "profile-of-another"))
    before = wanted.read(clouds)
    assert before is not None
    old = before["role"]
    reviewed = change_of(wanted, clouds)
    assert wanted.losers(reviewed) == [
        f"programs on {wanted.instance} lose the role {old}: AWS then denies the "
        "actions that in-a-profile does not allow"
    ]
    change = write(wanted, clouds)
    assert action(wanted, clouds) == "none"
    assert revert(change, clouds) == []
    state = wanted.read(clouds)
    assert state is not None
    assert state["instance_profile"] == "profile-of-another"


def test_a_profile_that_does_not_exist_any_more_is_not_restored(clouds: Clouds) -> None:
    wanted = instance("i-0123456789abcdef0")
    change = Change(wanted, {"instance_profile": "gone"}, {"instance_profile": "in-a-profile"})
    assert wanted.cannot_restore(clouds, change, {}) == [
        "The instance profile gone, which i-0123456789abcdef0 had before, no longer exists."
    ]


def test_a_profile_of_another_name_that_carries_the_role_stays(clouds: Clouds) -> None:
    clouds.aws.call("iam", "create_instance_profile", InstanceProfileName="of-another-name")
    profile = {"InstanceProfileName": "of-another-name", "RoleName": "without-a-profile"}
    clouds.aws.call("iam", "add_role_to_instance_profile", **profile)
    assert action(instance(start(clouds, "of-another-name"), "without-a-profile"), clouds) == "none"


@pytest.mark.parametrize("tokens", ["required", "optional"])
def test_a_container_needs_two_hops_and_tokens_stay_as_they_are(clouds: Clouds, tokens: str) -> None:
    instance_id = start(clouds, "in-a-profile", HttpTokens=tokens, HttpPutResponseHopLimit=1)
    assert action(instance(instance_id), clouds) == "none"
    wanted = instance(instance_id, containerized=True)
    reviewed = change_of(wanted, clouds)
    assert wanted.permissions(reviewed) == [Needed("aws", "ec2:ModifyInstanceMetadataOptions", wanted.name)]
    assert wanted.impact(reviewed) is None
    assert wanted.gains(reviewed) == [
        f"Containers on {instance_id} can reach the instance metadata service, and use the role in-a-profile."
    ]
    change = write(wanted, clouds)
    assert options_of(clouds, instance_id) == ("enabled", tokens, 2)
    assert revert(change, clouds) == []
    assert options_of(clouds, instance_id) == ("enabled", tokens, 1)


def test_a_higher_hop_limit_stays_and_a_disabled_service_is_enabled(clouds: Clouds) -> None:
    wanted = instance(start(clouds, "in-a-profile", HttpPutResponseHopLimit=5), containerized=True)
    assert action(wanted, clouds) == "none"
    wanted = instance(start(clouds, "in-a-profile", HttpEndpoint="disabled"))
    assert write(wanted, clouds).fields == [("metadata_service", "disabled", "enabled")]
    assert options_of(clouds, wanted.instance)[0] == "enabled"


def test_an_instance_that_is_not_there_is_refused(clouds: Clouds) -> None:
    with pytest.raises(Refused, match=r"has no instance i-0123456789abcdef0 in .*\. Correct aws\.instance"):
        instance("i-0123456789abcdef0").read(clouds)


def test_a_profile_that_is_not_known_yet_is_waited_for() -> None:
    text = "Value (loader) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"
    error = CloudError("ec2", "associate_iam_instance_profile", 400, "InvalidParameterValue", text)
    assert instance("i-0123456789abcdef0").not_yet(error)


def test_what_someone_else_changed_is_left(clouds: Clouds) -> None:
    wanted = instance(start(clouds), containerized=True)
    change = write(wanted, clouds)
    clouds.aws.call("ec2", "modify_instance_metadata_options", InstanceId=wanted.instance, HttpPutResponseHopLimit=3)
    assert revert(change, clouds) == ["hop_limit is now 3, but the run set it to 2."]
    assert options_of(clouds, wanted.instance)[2] == 3
    state = wanted.read(clouds)
    assert state is not None
    assert state["instance_profile"] is None, "what nobody has changed is restored"


def test_what_cloudformation_made_is_left_to_it() -> None:
    wanted = instance("i-0123456789abcdef0")
    before = {"instance_profile": None, "tags": {"aws:cloudformation:stack-name": "nights"}}
    assert wanted.owner(Change(wanted, before, wanted.desired())) == Owner("CloudFormation", "stack nights")
