"""Trust policies, decided as AWS documents it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.federation import trust
from wizard.federation.trust import Decision, TrustCaller, TrustedService, trust_policy
from wizard.federation.trust_conditions import Request, Value

ACCOUNT = "111122223333"
ECS = "ecs-tasks.amazonaws.com"
NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
CONTEXT: dict[str, Value] = {
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

ECS_HERE = TrustedService(ECS, ACCOUNT, f"arn:aws:ecs:ap-northeast-1:{ACCOUNT}", ACCOUNT)
EC2 = TrustedService("ec2.amazonaws.com")
LAMBDA = TrustedService("lambda.amazonaws.com")


def policy(principal: Any, effect: str = "Allow", action: Any = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": action, **more}


def decide(caller: TrustCaller, *statements: dict[str, Any], action: str = "sts:AssumeRole") -> bool:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    return trust.decide(policy, caller, action, Request(CONTEXT, complete=True)).allowed is True


def trusts_service(policy: object, service: TrustedService) -> bool | None:
    return trust.trusts_service(policy, service, NOW).allowed


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
    ],
    ids=["another account", "another region"],
)
def test_the_policy_for_ecs_trusts_no_other_account_and_no_other_region(elsewhere: TrustedService) -> None:
    assert trusts_service(trust_policy(ECS_HERE), elsewhere) is False


def test_a_key_that_a_service_is_not_documented_to_send_is_not_known() -> None:
    decision = trust.trusts_service(trust_policy(ECS_HERE), TrustedService(ECS), NOW)
    assert decision.allowed is None
    assert decision.unknown == ("aws:SourceArn", "aws:SourceAccount")


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


def test_not_principal_concerns_everyone_else() -> None:
    allow = policy({"Service": ECS})
    others = {"Effect": "Deny", "NotPrincipal": {"AWS": USER.arn}, "Action": "sts:AssumeRole"}
    assert not decide(TASKS, allow, others)
    assert decide(TASKS, allow, {**others, "NotPrincipal": {"Service": [ECS]}})


def test_not_principal_is_not_guessed_at_where_aws_also_compares_the_account() -> None:
    others = {"Effect": "Deny", "NotPrincipal": {"AWS": USER.arn}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [policy({"AWS": ACCOUNT}), others]}
    decision = trust.decide(document, USER, "sts:AssumeRole", Request(CONTEXT, complete=True))
    assert decision == Decision(True, None, ("NotPrincipal",))
    assert decision.allowed is None


@pytest.mark.parametrize("statements", [[], {}, [{"Effect": "Allow"}]])
def test_an_empty_policy_admits_nobody(statements: Any) -> None:
    document = {"Version": "2012-10-17", "Statement": statements}
    assert trust.decide(document, USER, "sts:AssumeRole", Request(CONTEXT)).allowed is False


def for_ecs(condition: object, effect: str = "Allow", **more: Any) -> Decision:
    """What a statement for ECS with this condition decides; a Deny stands beside an Allow."""
    statement = policy({"Service": ECS}, effect, Condition=condition, **more)
    allow = [policy({"Service": ECS})] if effect == "Deny" else []
    return trust.trusts_service({"Version": "2012-10-17", "Statement": [*allow, statement]}, ECS_HERE, NOW)


KNOWN = [
    {"StringEquals": {"aws:ResourceAccount": ACCOUNT}},
    {"Bool": {"aws:PrincipalIsAWSService": True}},
    {"StringEquals": {"aws:PrincipalServiceName": [ECS, "x"]}},
    {"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}},
    {"StringLike": {"aws:SourceArn": f"arn:aws:ecs:*:{ACCOUNT}:*"}},
    {"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:*:{ACCOUNT}:*"}},
    {"ForAnyValue:StringEquals": {"aws:SourceAccount": [ACCOUNT, "444455556666"]}},
    {"ForAllValues:StringLike": {"sts:ExternalId": "x"}},
    {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}, "NumericGreaterThan": {"aws:EpochTime": 1}},
    {"Null": {"aws:SourceArn": "false", "sts:ExternalId": True}},
]


@pytest.mark.parametrize("condition", KNOWN)
def test_what_can_be_known_about_a_service_decides(condition: dict[str, Any]) -> None:
    assert for_ecs(condition).allowed is True
    assert for_ecs(condition, "Deny").denied_by == ("statement 2",)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:ResourceAccount": "444455556666"}},
        {"Bool": {"aws:PrincipalIsAWSService": "false"}},
        {"StringEquals": {"sts:ExternalId": "x"}},
        {"ForAnyValue:StringNotEquals": {"sts:ExternalId": "x"}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/*"}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:batch:*:{ACCOUNT}:*"}},
        {"StringEquals": {"aws:SourceOrgID": "o-1", "aws:SourceAccount": "444455556666"}},
        {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    ],
)
def test_what_is_known_to_differ_decides_too(condition: dict[str, Any]) -> None:
    assert for_ecs(condition).allowed is False
    assert for_ecs(condition, "Deny").allowed is True


@pytest.mark.parametrize(
    ("condition", "missing"),
    [
        ({"StringEquals": {"aws:SourceOrgID": "o-1"}}, "aws:SourceOrgID"),
        ({"StringEqualsIfExists": {"aws:SourceOrgID": "o-1"}}, "aws:SourceOrgID"),
        ({"Null": {"aws:SourceVpc": "true"}}, "aws:SourceVpc"),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "aws:SourceIp"),
        ({"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-1/*"}}, "aws:SourceOrgPaths"),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:ap-northeast-1:{ACCOUNT}:task/*"}}, "aws:SourceArn"),
        ({"StringLike": {"aws:SourceArn": f"arn:aws:ecs:ap-northeast-1:{ACCOUNT}:task/*"}}, "aws:SourceArn"),
        ({"StringEquals": {"aws:SourceArn": f"arn:aws:ecs:ap-northeast-1:{ACCOUNT}:task/b/0"}}, "aws:SourceArn"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:*"}}, "aws:SourceArn"),
        ({"StringEquals": {"aws:SourceAccount": "${aws:PrincipalTag/home}"}}, "aws:PrincipalTag/home"),
        ({"StringLike": {"aws:SourceAccount": "${aws:SourceArn}"}}, "aws:SourceArn"),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}, "aws:MultiFactorAuthAge"),
        ({"StringMatches": {"aws:SourceAccount": "x"}}, "the condition operator StringMatches"),
        ({"StringEquals": {"aws:SourceAccount": {"not": "text"}}}, "aws:SourceAccount"),
        ({"StringEquals": "x"}, "StringEquals"),
        ("x", "Condition"),
    ],
)
def test_what_is_not_known_is_named(condition: Any, missing: str) -> None:
    for decision in (for_ecs(condition), for_ecs(condition, "Deny")):
        assert decision.allowed is None
        assert decision.unknown == (missing,)


def test_a_variable_that_is_absent_has_its_default_and_without_one_matches_nothing() -> None:
    assert for_ecs({"StringEquals": {"aws:SourceAccount": f"${{sts:ExternalId, '{ACCOUNT}'}}"}}).allowed is True
    assert for_ecs({"StringLike": {"aws:SourceAccount": "*${sts:ExternalId}"}}).allowed is False
    assert for_ecs({"StringNotLike": {"aws:SourceAccount": "*${sts:ExternalId}"}}).allowed is True


def test_a_variable_is_text_in_a_policy_of_the_old_version() -> None:
    condition = {"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}
    document = {"Statement": policy({"Service": ECS}, Condition=condition)}
    assert trusts_service(document, ECS_HERE) is False


def test_a_deny_is_named_by_its_place_and_its_sid() -> None:
    deny = policy("*", "Deny", Sid="NoServices", Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}})
    document = {"Version": "2012-10-17", "Statement": [policy({"Service": ECS}), deny]}
    decision = trust.trusts_service(document, ECS_HERE, NOW)
    assert decision == Decision(True, True, (), ("statement 2 (Sid NoServices)",))
    assert decision.allowed is False


def test_what_is_not_known_about_an_allow_does_not_matter_beside_one_that_applies() -> None:
    unknown = policy({"Service": ECS}, Condition={"StringEquals": {"aws:SourceOrgID": "o-1"}})
    document = {"Statement": [unknown, policy({"Service": ECS})]}
    assert trust.trusts_service(document, ECS_HERE, NOW) == Decision(True, False)


words = st.sampled_from(["Service", "AWS", "Sid", "Statement", "aws:SourceArn"])
operators = st.sampled_from(
    ["StringEquals", "ForAllValues:StringLikeIfExists", "ArnLike", "Bool", "Null", "IpAddress", "DateLessThan"]
)
keys = st.sampled_from(["aws:SourceArn", "aws:CurrentTime", "aws:EpochTime", "aws:SourceAccount", "sts:ExternalId"])
patterns = st.sampled_from(
    ["${aws:x", "${aws:SourceArn}", "${*}", "1e999999999", "nan", "::1", "9" * 30, "*:*:*:*:*:*"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | st.text(), inner, max_size=4),
    max_leaves=12,
)
conditions = st.dictionaries(operators | st.text(), st.dictionaries(keys, json_values | patterns) | json_values)
policies = st.fixed_dictionaries(
    {},
    optional={
        "Effect": st.sampled_from(["Allow", "Deny"]) | json_values,
        "Principal": st.just({"Service": ECS}) | json_values,
        "NotPrincipal": json_values,
        "Action": st.just("sts:AssumeRole") | json_values,
        "NotAction": json_values,
        "Condition": conditions | json_values,
    },
)


@given(json_values | st.builds(lambda found: {"Version": "2012-10-17", "Statement": found}, st.lists(policies)))
def test_any_json_document_is_decided_without_an_error(document: object) -> None:
    decision = trust.trusts_service(document, ECS_HERE, NOW)
    assert decision.allowed in (True, False, None)
    assert (decision.allowed is None) <= bool(decision.unknown)
