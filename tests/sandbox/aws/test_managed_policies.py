"""The policies that AWS manages are there by their ARNs."""

import json

import pytest

from tests.sandbox.aws.people import user
from tests.sandbox.aws.served import Account, refusal, trust

PREFIX = "arn:aws:iam::aws:policy/"
USUAL = [
    "AdministratorAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "AmazonSSMManagedInstanceCore",
    "CloudWatchLogsFullAccess",
    "AmazonS3ReadOnlyAccess",
    "job-function/ViewOnlyAccess",
    "service-role/AmazonECSTaskExecutionRolePolicy",
    "service-role/AWSBatchServiceRole",
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AmazonEC2ContainerServiceforEC2Role",
]


def test_the_usual_ones_are_shown_with_their_content(account: Account) -> None:
    iam = account.client("iam")
    for name in USUAL:
        policy = iam.get_policy(PolicyArn=PREFIX + name)["Policy"]
        assert policy["Arn"] == PREFIX + name
        version = iam.get_policy_version(PolicyArn=PREFIX + name, VersionId=policy["DefaultVersionId"])
        assert version["PolicyVersion"]["Document"]["Statement"]


def test_one_that_does_not_exist_is_not_there(account: Account) -> None:
    iam = account.client("iam")
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    for name in ("Nothing", "service-role/AdministratorAccess", "AmazonECSTaskExecutionRolePolicy"):
        arn = PREFIX + name
        assert refusal(iam.get_policy, PolicyArn=arn) == ("NoSuchEntity", f"Policy {arn} was not found.", 404)
        code, text, status = refusal(iam.attach_role_policy, RoleName="reader", PolicyArn=arn)
        assert (code, status) == ("NoSuchEntity", 404)
        assert text == f"Policy {arn} does not exist or is not attachable."


def test_one_is_attached_and_works(account: Account) -> None:
    key = user(account)
    assert refusal(account.client("iam", key).list_roles)[0] == "AccessDenied"
    iam = account.client("iam")
    iam.attach_user_policy(UserName="worker", PolicyArn=PREFIX + "IAMReadOnlyAccess")
    assert account.client("iam", key).list_roles()["Roles"] == []
    assert refusal(account.client("iam", key).create_user, UserName="another")[0] == "AccessDenied"
    attached = iam.list_attached_user_policies(UserName="worker")["AttachedPolicies"]
    assert attached == [{"PolicyName": "IAMReadOnlyAccess", "PolicyArn": PREFIX + "IAMReadOnlyAccess"}]


def test_a_power_user_does_all_but_administer_people(account: Account) -> None:
    key = user(account)
    account.client("iam").attach_user_policy(UserName="worker", PolicyArn=PREFIX + "PowerUserAccess")
    assert account.client("ec2", key).describe_vpcs()
    assert refusal(account.client("iam", key).create_user, UserName="another")[0] == "AccessDenied"


def test_the_operator_is_an_administrator(account: Account) -> None:
    attached = account.client("iam").list_attached_user_policies(UserName="operator")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["AdministratorAccess"]


@pytest.mark.parametrize(("scope", "least", "most"), [("AWS", 1000, 5000), ("Local", 1, 1), ("All", 1001, 5001)])
def test_they_are_listed(account: Account, scope: str, least: int, most: int) -> None:
    iam = account.client("iam")
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(policy))
    pages = iam.get_paginator("list_policies").paginate(Scope=scope, PaginationConfig={"PageSize": 1000})
    names = [policy["PolicyName"] for page in pages for policy in page["Policies"]]
    assert least <= len(names) <= most


def test_a_boundary_must_exist(account: Account) -> None:
    iam = account.client("iam")
    document = trust({"Service": "ec2.amazonaws.com"})
    role = {"RoleName": "reader", "AssumeRolePolicyDocument": document}
    assert refusal(iam.create_role, **role, PermissionsBoundary=PREFIX + "Nothing")[0] == "NoSuchEntity"
    made = iam.create_role(**role, PermissionsBoundary=PREFIX + "PowerUserAccess")["Role"]
    assert made["PermissionsBoundary"]["PermissionsBoundaryArn"] == PREFIX + "PowerUserAccess"
    user_boundary = {"UserName": "limited", "PermissionsBoundary": PREFIX + "PowerUserAccess"}
    iam.create_user(**user_boundary)
    shown = iam.get_user(UserName="limited")["User"]["PermissionsBoundary"]
    assert shown["PermissionsBoundaryArn"] == PREFIX + "PowerUserAccess"


def test_one_that_aws_manages_is_not_changed_or_deleted(account: Account) -> None:
    iam = account.client("iam")
    arn = PREFIX + "PowerUserAccess"
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    assert refusal(iam.create_policy_version, PolicyArn=arn, PolicyDocument=json.dumps(policy))[0] == "AccessDenied"
    assert refusal(iam.delete_policy, PolicyArn=arn)[0] == "AccessDenied"
    assert iam.get_policy(PolicyArn=arn)["Policy"]["Arn"] == arn


def test_one_that_is_attached_is_not_deleted(account: Account) -> None:
    iam = account.client("iam")
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    arn = iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(policy))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="operator", PolicyArn=arn)
    text = "Cannot delete a policy attached to entities."
    assert refusal(iam.delete_policy, PolicyArn=arn) == ("DeleteConflict", text, 409)
    iam.detach_user_policy(UserName="operator", PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)


def test_a_service_linked_role_has_the_name_of_aws(account: Account) -> None:
    role = account.client("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]
    assert role["RoleName"] == "AWSServiceRoleForECS"
