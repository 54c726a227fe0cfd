"""Trust policies, decided as AWS documents it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from wizard.federation.trust import TrustCaller, TrustedService, allows, trust_policy, trusts_service

ACCOUNT = "111122223333"
ECS = "ecs-tasks.amazonaws.com"
NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
CONTEXT: dict[str, str | datetime] = {
    "aws:CurrentTime": NOW,
    "aws:SourceAccount": ACCOUNT,
    "aws:SourceArn": f"arn:aws:ecs:ap-northeast-1:{ACCOUNT}:task/batch/0123",
    "aws:SecureTransport": "true",
}

USER = TrustCaller("aws", arn=f"arn:aws:iam::{ACCOUNT}:user/ops/lee", account=ACCOUNT)
SESSION = TrustCaller(
    "aws",
    arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/session-1",
    account=ACCOUNT,
    role_arn=f"arn:aws:iam::{ACCOUNT}:role/team/admin",
)
TASKS = TrustCaller("service", service=ECS)

ECS_HERE = TrustedService(ECS, ACCOUNT, f"arn:aws:ecs:ap-northeast-1:{ACCOUNT}")
EC2 = TrustedService("ec2.amazonaws.com")
LAMBDA = TrustedService("lambda.amazonaws.com")


def policy(principal: Any, effect: str = "Allow", action: Any = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": action, **more}


def decide(caller: TrustCaller, *statements: dict[str, Any], action: str = "sts:AssumeRole") -> bool:
    return allows({"Version": "2012-10-17", "Statement": list(statements)}, caller, action, CONTEXT)


def test_the_policy_for_ecs_is_the_one_that_aws_documents() -> None:
    assert trust_policy(TrustedService(ECS, "111122223333", "arn:aws:ecs:us-west-2:111122223333")) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-west-2:111122223333:*"},
                    "StringEquals": {"aws:SourceAccount": "111122223333"},
                },
            }
        ],
    }


def test_no_condition_is_added_where_the_service_is_not_documented_to_send_its_key() -> None:
    (statement,) = trust_policy(EC2)["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }


@pytest.mark.parametrize("service", [ECS_HERE, EC2, LAMBDA])
def test_the_policy_of_a_service_trusts_it_and_no_other(service: TrustedService) -> None:
    made = trust_policy(service)
    for other in (ECS_HERE, EC2, LAMBDA):
        assert trusts_service(made, other) == (other == service)


@pytest.mark.parametrize(
    "elsewhere",
    [
        TrustedService(ECS, "999988887777", "arn:aws:ecs:ap-northeast-1:999988887777"),
        TrustedService(ECS, ACCOUNT, f"arn:aws:ecs:us-east-1:{ACCOUNT}"),
        TrustedService(ECS),
    ],
    ids=["another account", "another region", "neither known"],
)
def test_the_policy_for_ecs_trusts_no_other_account_and_no_other_region(elsewhere: TrustedService) -> None:
    assert not trusts_service(trust_policy(ECS_HERE), elsewhere)


def test_a_wider_policy_that_exists_trusts_the_service_as_well() -> None:
    old = {"Statement": policy({"Service": ["ec2.amazonaws.com", ECS]})}
    assert trusts_service(old, ECS_HERE)
    assert trusts_service(old, EC2)
    assert not trusts_service(old, LAMBDA)


@pytest.mark.parametrize("name", [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"])
def test_an_account_as_principal_admits_everyone_in_it(name: str) -> None:
    assert decide(USER, policy({"AWS": name}))
    assert decide(SESSION, policy({"AWS": [name]}))
    assert not decide(TASKS, policy({"AWS": name}))
    assert not decide(TrustCaller("aws", arn="arn:aws:iam::999988887777:user/x", account="999988887777"), policy(name))


@pytest.mark.parametrize("name", ["999988887777", "arn:aws:iam::999988887777:root", f"arn:aws:iam::{ACCOUNT}"])
def test_another_account_admits_nobody_here(name: str) -> None:
    assert not decide(USER, policy({"AWS": name}))


def test_a_role_as_principal_admits_its_sessions() -> None:
    assert decide(SESSION, policy({"AWS": f"arn:aws:iam::{ACCOUNT}:role/team/admin"}))
    assert not decide(SESSION, policy({"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"}))
    assert not decide(SESSION, policy({"AWS": f"arn:aws:iam::{ACCOUNT}:role/team/adm"}))


def test_a_role_session_as_principal_admits_that_session_only() -> None:
    assert decide(SESSION, policy({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/session-1"}))
    assert not decide(SESSION, policy({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/session-2"}))


def test_a_user_as_principal_admits_that_user_only() -> None:
    assert decide(USER, policy({"AWS": f"arn:aws:iam::{ACCOUNT}:user/ops/lee"}))
    for other in ("user/lee", "user/ops/Lee", "user/*", "user/ops/le?"):
        assert not decide(USER, policy({"AWS": f"arn:aws:iam::{ACCOUNT}:{other}"}))


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_a_star_admits_everyone(principal: Any) -> None:
    assert decide(USER, policy(principal))
    assert decide(SESSION, policy(principal))


@pytest.mark.parametrize("principal", [None, "", {}, {"Service": "*"}, {"Federated": "*"}, {"AWS": ECS}, [ECS]])
def test_any_other_principal_admits_no_service(principal: Any) -> None:
    assert not decide(TASKS, policy(principal))


def test_a_deny_wins_whatever_the_order() -> None:
    allow, deny = policy({"AWS": ACCOUNT}), policy({"AWS": USER.arn}, "Deny")
    assert not decide(USER, allow, deny)
    assert not decide(USER, deny, allow)
    assert decide(SESSION, allow, deny)


def test_a_deny_holds_only_under_its_condition() -> None:
    allow = policy({"AWS": ACCOUNT})
    insecure = policy("*", "Deny", "sts:*", Condition={"Bool": {"aws:SecureTransport": "false"}})
    assert decide(USER, allow, insecure)


@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:assumerole", "sts:*", "*", "sts:Assume*", ["x", "sts:*"]])
def test_actions_are_compared_without_case_and_with_wildcards(action: Any) -> None:
    assert decide(USER, policy({"AWS": ACCOUNT}, action=action))


@pytest.mark.parametrize("action", ["sts:TagSession", "sts:AssumeRoleWithWebIdentity", [], "s3:*"])
def test_another_action_is_not_allowed(action: Any) -> None:
    assert not decide(USER, policy({"AWS": ACCOUNT}, action=action))


def test_not_action_names_what_is_left_out() -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "NotAction": "sts:TagSession"}
    assert decide(USER, statement)
    assert not decide(USER, statement, action="sts:TagSession")


def test_a_policy_with_not_principal_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="NotPrincipal"):
        decide(USER, {"Effect": "Deny", "NotPrincipal": {"AWS": USER.arn}, "Action": "sts:AssumeRole"})


@pytest.mark.parametrize("statements", [[], {}, [{"Effect": "Allow"}]])
def test_an_empty_policy_admits_nobody(statements: Any) -> None:
    assert not allows({"Version": "2012-10-17", "Statement": statements}, USER, "sts:AssumeRole", CONTEXT)


@pytest.mark.parametrize(
    "condition", [{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"StringLike": {"aws:SourceArn": "${aws:userid}"}}]
)
def test_a_condition_that_cannot_be_told_never_admits(condition: dict[str, Any]) -> None:
    assert not decide(USER, policy({"AWS": ACCOUNT}, Condition=condition))
    assert not decide(USER, policy({"AWS": ACCOUNT}), policy("*", "Deny", Condition=condition))
