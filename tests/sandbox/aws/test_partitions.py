"""An account's ARNs are of the partition of its region."""

from typing import Any

import boto3
import pytest

from tests.sandbox.aws.served import ACCOUNT, Account, Accounts, refusal, trust
from wizard.sandbox.aws.arns import arn, global_arn, partition

REGIONS = [
    ("us-east-1", "aws"),
    ("ap-northeast-1", "aws"),
    ("cn-north-1", "aws-cn"),
    ("cn-northwest-1", "aws-cn"),
    ("us-gov-west-1", "aws-us-gov"),
    ("us-gov-east-1", "aws-us-gov"),
    ("eusc-de-east-1", "aws-eusc"),
]
OTHERS = ["cn-north-1", "us-gov-west-1", "eusc-de-east-1"]


@pytest.mark.parametrize(("region", "name"), REGIONS)
def test_an_arn_has_the_partition_of_its_region(region: str, name: str) -> None:
    assert partition(region) == name
    assert arn("ecs", region, ACCOUNT, "cluster/main") == f"arn:{name}:ecs:{region}:{ACCOUNT}:cluster/main"
    assert global_arn("iam", region, ACCOUNT, "role/reader") == f"arn:{name}:iam::{ACCOUNT}:role/reader"


def in_region(account: Account, service: str, region: str) -> Any:
    """A client of the operator in a region."""

    key = account.cloud.operator
    pair = {"aws_access_key_id": key.access_key_id, "aws_secret_access_key": key.secret_access_key}
    client = boto3.client(service, region_name=region, endpoint_url=account.cloud.endpoint, **pair)
    account.clients.append(client)
    return client


@pytest.mark.parametrize("region", OTHERS)
def test_an_account_of_another_partition_answers_in_it(accounts: Accounts, region: str) -> None:
    role = {"name": "loader", "service": "ecs-tasks.amazonaws.com", "source": "ecs"}
    account = accounts(region=region, roles=[role], clusters=["main"])
    name = partition(region)
    operator = f"arn:{name}:iam::{ACCOUNT}:user/operator"
    sts, iam = in_region(account, "sts", region), in_region(account, "iam", region)
    assert sts.get_caller_identity()["Arn"] == operator
    shown = iam.get_role(RoleName="loader")["Role"]
    assert shown["Arn"] == f"arn:{name}:iam::{ACCOUNT}:role/loader"
    document = shown["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert document["ArnLike"]["aws:SourceArn"] == f"arn:{name}:ecs:{region}:{ACCOUNT}:*"
    iam.create_role(RoleName="own", AssumeRolePolicyDocument=trust({"AWS": operator}))
    own = f"arn:{name}:iam::{ACCOUNT}:role/own"
    session = sts.assume_role(RoleArn=own, RoleSessionName="session")
    assert session["AssumedRoleUser"]["Arn"] == f"arn:{name}:sts::{ACCOUNT}:assumed-role/own/session"


@pytest.mark.parametrize("region", OTHERS)
def test_a_key_is_not_known_in_another_partition(account: Account, region: str) -> None:
    call = in_region(account, "sts", region).get_caller_identity
    text = "The security token included in the request is invalid."
    assert refusal(call) == ("InvalidClientTokenId", text, 403)
