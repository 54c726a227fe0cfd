"""The policies of IAM users and role sessions decide what they may call."""

from typing import Any

import pytest

from tests.sandbox.aws.people import USER, allow, deny, document, session, user
from tests.sandbox.aws.served import ACCOUNT, REGION, Account, Accounts, refusal, trust

ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
READER = {"name": "reader", "service": "ecs-tasks.amazonaws.com"}
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/session"


def denied(arn: str, action: str, resource: str, because: str) -> tuple[str, str, int]:
    text = f"User: {arn} is not authorized to perform: {action} on resource: {resource} {because}"
    return "AccessDenied", text, 403


@pytest.fixture
def account(accounts: Accounts) -> Account:
    return accounts(roles=[READER])


def test_a_user_without_policies_may_only_ask_who_it_is(account: Account) -> None:
    key = user(account)
    assert account.client("sts", key).get_caller_identity()["Arn"] == USER
    because = "because no identity-based policy allows the iam:GetRole action"
    assert refusal(account.client("iam", key).get_role, RoleName="reader") == denied(USER, "iam:GetRole", ROLE, because)


def test_the_root_user_is_not_limited(account: Account) -> None:
    assert account.client("iam", account.cloud.root).list_roles()["Roles"]


def test_an_inline_policy_allows_what_it_names(account: Account) -> None:
    key = user(account, allow(["iam:Get*", "ecs:listclusters"], "*"))
    assert account.client("iam", key).get_role(RoleName="reader")
    assert account.client("ecs", key).list_clusters()["clusterArns"] == []
    assert refusal(account.client("iam", key).list_roles)[0] == "AccessDenied"
    assert refusal(account.client("ecs", key).list_services)[0] == "AccessDeniedException"
    assert refusal(account.client("ec2", key).describe_vpcs)[0] == "UnauthorizedOperation"


def test_a_resource_limits_a_permission(account: Account) -> None:
    key = user(account, allow("iam:GetRole", "arn:aws:iam::*:role/re*"))
    iam = account.client("iam", key)
    assert iam.get_role(RoleName="reader")
    assert "role/other because" in refusal(iam.get_role, RoleName="other")[1]


def test_an_explicit_deny_wins(account: Account) -> None:
    key = user(account, allow("iam:*"), deny("iam:GetRole", ROLE))
    expected = denied(USER, "iam:GetRole", ROLE, "with an explicit deny in an identity-based policy")
    assert refusal(account.client("iam", key).get_role, RoleName="reader") == expected
    assert account.client("iam", key).list_roles()


def test_a_policy_names_what_it_does_not_allow(account: Account) -> None:
    but_roles = {"Effect": "Allow", "NotAction": "iam:GetRole", "NotResource": "arn:aws:iam::*:user/*"}
    iam = account.client("iam", user(account, but_roles))
    assert iam.list_roles()
    assert refusal(iam.get_role, RoleName="reader")[0] == "AccessDenied"
    assert refusal(iam.get_user, UserName="operator")[0] == "AccessDenied"


def test_a_group_and_a_managed_policy_count(account: Account) -> None:
    iam = account.client("iam")
    key = user(account)
    iam.create_group(GroupName="readers")
    iam.add_user_to_group(GroupName="readers", UserName="worker")
    made = iam.create_policy(PolicyName="read", PolicyDocument=document(allow("iam:GetRole")))["Policy"]
    assert refusal(account.client("iam", key).get_role, RoleName="reader")[0] == "AccessDenied"
    iam.attach_group_policy(GroupName="readers", PolicyArn=made["Arn"])
    assert account.client("iam", key).get_role(RoleName="reader")
    version = {"PolicyArn": made["Arn"], "PolicyDocument": document(allow("iam:GetUser")), "SetAsDefault": True}
    iam.create_policy_version(**version)
    assert refusal(account.client("iam", key).get_role, RoleName="reader")[0] == "AccessDenied"


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"StringEquals": {"aws:RequestedRegion": REGION}}, True),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/work*"}}, True),
        ({"StringLike": {"aws:PrincipalArn": "*:role/*"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"Null": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"StringEqualsIfExists": {"aws:PrincipalTag/team": "data"}}, True),
        ({"StringEquals": {"aws:username": "worker"}}, True),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, True),
        ({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, True),
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, True),
        ({"StringIs": {"aws:username": "worker"}}, False),
    ],
)
def test_a_condition_decides(account: Account, condition: dict[str, Any], allowed: bool) -> None:
    key = user(account)
    model = account.cloud._backend
    text = document(allow("ecs:ListClusters", Condition=condition))

    def write() -> None:  # IAM refuses the operator that does not exist
        account.cloud._keyring._directory.entity("user", "worker").policies["own"] = text

    model.submit(write).result()
    call = account.client("ecs", key).list_clusters
    if allowed:
        assert call()
    else:
        assert refusal(call)[0] == "AccessDeniedException"


def test_a_deny_by_address_does_not_apply_on_loopback(account: Account) -> None:
    elsewhere = deny("*", Condition={"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}})
    assert account.client("ecs", user(account, allow("ecs:*"), elsewhere)).list_clusters()


def test_a_deny_outside_a_region_applies_to_assume_role_too(account: Account) -> None:
    elsewhere = deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}})
    sts = account.client("sts", user(account, allow("*"), elsewhere))
    because = "with an explicit deny in an identity-based policy"
    answer = refusal(sts.assume_role, RoleArn=ROLE, RoleSessionName="session")
    assert answer == denied(USER, "sts:AssumeRole", ROLE, because)


def test_a_policy_variable_stands_for_the_caller(account: Account) -> None:
    own = allow("iam:ListAccessKeys", "arn:aws:iam::*:user/${aws:username}")
    iam = account.client("iam", user(account, own))
    assert iam.list_access_keys()["AccessKeyMetadata"]
    assert refusal(iam.list_access_keys, UserName="operator")[0] == "AccessDenied"


def test_a_permissions_boundary_limits_a_user(account: Account) -> None:
    iam = account.client("iam")
    key = user(account, allow("*"))
    made = iam.create_policy(PolicyName="limit", PolicyDocument=document(allow("ecs:*"), deny("ecs:ListServices")))
    boundary = made["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName="worker", PermissionsBoundary=boundary)
    assert iam.get_user(UserName="worker")["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert account.client("ecs", key).list_clusters()
    because = "because no permissions boundary allows the iam:GetRole action"
    assert refusal(account.client("iam", key).get_role, RoleName="reader") == denied(USER, "iam:GetRole", ROLE, because)
    text = refusal(account.client("ecs", key).list_services)[1]
    assert text.endswith("with an explicit deny in a permissions boundary")
    iam.delete_user_permissions_boundary(UserName="worker")
    assert account.client("iam", key).get_role(RoleName="reader")


def test_a_permissions_boundary_limits_a_role(account: Account) -> None:
    key = session(account, allow("*"))
    assert account.client("ec2", key).describe_vpcs()
    limit = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    account.client("iam").put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=limit)
    text = refusal(account.client("ec2", key).describe_vpcs)[1]
    assert text.endswith("because no permissions boundary allows the ec2:DescribeVpcs action")


def test_a_session_policy_limits_a_session(account: Account) -> None:
    key = session(account, allow("*"), Policy=document(allow("iam:ListRoles")))
    assert account.client("iam", key).list_roles()
    because = "because no session policy allows the iam:GetRole action"
    answer = refusal(account.client("iam", key).get_role, RoleName="reader")
    assert answer == denied(SESSION, "iam:GetRole", ROLE, because)


def test_a_session_policy_gives_nothing(account: Account) -> None:
    key = session(account, allow("iam:GetRole"), PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}])
    assert account.client("iam", key).get_role(RoleName="reader")
    assert refusal(account.client("iam", key).list_roles)[0] == "AccessDenied"


@pytest.mark.parametrize("parameters", [{"Policy": "{}"}, {"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/None"}]}])
def test_a_session_policy_must_be_one(account: Account, parameters: dict[str, Any]) -> None:
    session(account, allow("*"))
    arn = f"arn:aws:iam::{ACCOUNT}:role/worker"
    call = account.client("sts").assume_role
    assert refusal(call, RoleArn=arn, RoleSessionName="again", **parameters)[0] == "MalformedPolicyDocument"


def test_a_changed_policy_counts_for_a_session_that_runs(account: Account) -> None:
    key = session(account)
    assert refusal(account.client("iam", key).get_role, RoleName="reader")[0] == "AccessDenied"
    policy = {"RoleName": "worker", "PolicyName": "own", "PolicyDocument": document(allow("iam:GetRole"))}
    account.client("iam").put_role_policy(**policy)
    assert account.client("iam", key).get_role(RoleName="reader")


def test_a_role_that_trusts_the_account_needs_the_caller_s_own_policy(account: Account) -> None:
    iam = account.client("iam")
    iam.create_role(RoleName="shared", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
    shared = f"arn:aws:iam::{ACCOUNT}:role/shared"
    key = user(account)
    call = account.client("sts", key).assume_role
    because = "because no identity-based policy allows the sts:AssumeRole action"
    assert refusal(call, RoleArn=shared, RoleSessionName="session") == denied(USER, "sts:AssumeRole", shared, because)
    policy = document(allow("sts:AssumeRole", shared))
    iam.put_user_policy(UserName="worker", PolicyName="own", PolicyDocument=policy)
    assert call(RoleArn=shared, RoleSessionName="session")["AssumedRoleUser"]


def test_a_role_that_names_the_caller_needs_no_other_policy(account: Account) -> None:
    key = user(account)
    account.client("iam").create_role(RoleName="own", AssumeRolePolicyDocument=trust({"AWS": USER}))
    call = account.client("sts", key).assume_role
    own = f"arn:aws:iam::{ACCOUNT}:role/own"
    assert call(RoleArn=own, RoleSessionName="session")["AssumedRoleUser"]
    policy = document(deny("sts:AssumeRole"))
    account.client("iam").put_user_policy(UserName="worker", PolicyName="own", PolicyDocument=policy)
    assert refusal(call, RoleArn=own, RoleSessionName="session")[1].endswith(
        "explicit deny in an identity-based policy"
    )


def test_the_operator_is_limited_by_the_policies_that_the_scenario_gives_it(accounts: Accounts) -> None:
    policy = {"Version": "2012-10-17", "Statement": [allow("iam:GetRole")]}
    operator = {"name": "operator", "policies": {"own": policy}}
    account = accounts(roles=[READER], operator=operator)
    assert account.client("iam").get_role(RoleName="reader")
    assert refusal(account.client("iam").list_roles)[0] == "AccessDenied"
