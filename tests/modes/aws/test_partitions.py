"""Every ARN and every AWS host is in the partition of the setup's region."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.setups import loads
from wizard.chain import probe
from wizard.engine.resource import Change
from wizard.federation.aws import domain_of
from wizard.federation.config_check import find_problems
from wizard.modes.aws.admission import Workload as Admitted
from wizard.modes.aws.admission import admission
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.live.places import WorkloadRole
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.runtimes import with_role
from wizard.resources.aws_role import InstanceProfile, Role
from wizard.resources.kind import Needed
from wizard.resources.provider import AwsProvider
from wizard.setup.load import dump

ACCOUNT = "111122223333"
REGIONS = {
    "eu-central-1": ("aws", "amazonaws.com"),
    "cn-north-1": ("aws-cn", "amazonaws.com.cn"),
    "us-gov-west-1": ("aws-us-gov", "amazonaws.com"),
    "eusc-de-east-1": ("aws-eusc", "amazonaws.eu"),
}
"""Region -> its partition and its domain."""

each_region = pytest.mark.parametrize("region", REGIONS)


def blueprint_of(region: str, runtime: str = "ecs-fargate") -> Blueprint:
    document: dict[str, Any] = AwsSetup.example().model_dump(exclude_defaults=True) | {"version": 1, "mode": "aws"}
    document["aws"] |= {"region": region, "runtime": runtime, "role": "loader"}
    setup = AwsSetup.model_validate(document)
    assert loads(dump(setup)) == setup
    return Blueprint(setup, "123456789012", {}, Path())


@each_region
def test_the_role_and_its_trust_policy_are_in_the_partition(region: str) -> None:
    partition = REGIONS[region][0]
    (role,) = blueprint_of(region).resources("aws")
    assert isinstance(role, Role)
    assert role.name == f"arn:{partition}:iam::{ACCOUNT}:role/loader"
    assert role.permissions(Change(role, None, role.desired())) == [Needed("aws", "iam:CreateRole", role.name)]
    source = role.wanted_trust()["Statement"][0]["Condition"]["ArnLike"]["aws:SourceArn"]
    assert source == f"arn:{partition}:ecs:{region}:{ACCOUNT}:*"


@each_region
def test_the_instance_profile_and_what_it_takes_are_in_the_partition(region: str) -> None:
    partition = REGIONS[region][0]
    _, profile = blueprint_of(region, "ec2").resources("aws")
    assert isinstance(profile, InstanceProfile)
    assert profile.name == f"arn:{partition}:iam::{ACCOUNT}:instance-profile/loader"
    needed = profile.permissions(Change(profile, None, profile.desired()))
    assert {each.on for each in needed} == {profile.name, f"arn:{partition}:iam::{ACCOUNT}:role/loader"}


@each_region
def test_what_google_cloud_is_told_is_in_the_partition(region: str) -> None:
    partition = REGIONS[region][0]
    blueprint = blueprint_of(region)
    role = f"arn:{partition}:sts::{ACCOUNT}:assumed-role/loader"
    assert blueprint.principal.endswith(f"/attribute.aws_role/{role}")
    (provider,) = (each for each in blueprint.resources("google") if isinstance(each, AwsProvider))
    assert provider.desired()["condition"] == f"attribute.aws_role == '{role}'"
    found = admission(Admitted(ACCOUNT, "loader", "ecs-fargate", region, "aws-prod", "123456789012"))
    assert found.arn.startswith(f"{role}/")
    assert (found.admitted, found.named, found.others) == (True, True, False)


@each_region
def test_the_credential_configuration_names_the_sts_host_of_the_partition(region: str) -> None:
    config = blueprint_of(region).config()
    assert f"https://sts.{{region}}.{REGIONS[region][1]}?Action=GetCallerIdentity" in json.dumps(config)
    assert find_problems(config) == []
    assert probe.aws_domain(region) == domain_of(region) == REGIONS[region][1]


@each_region
@pytest.mark.parametrize("runtime", with_role())
def test_the_live_test_assumes_the_role_of_the_partition(region: str, runtime: str) -> None:
    workload = WorkloadRole(ACCOUNT, "loader", runtime, region)
    assert workload.role_arn == f"arn:{REGIONS[region][0]}:iam::{ACCOUNT}:role/loader"
