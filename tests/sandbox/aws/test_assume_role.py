"""AWS STS: who may assume which role, and for how long."""

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.aws.people import allow, document
from tests.sandbox.aws.served import Account, Accounts, Clock, refusal, trust

ROLE = "arn:aws:iam::111122223333:role/reader"
OPERATOR = "arn:aws:iam::111122223333:user/operator"


def assume(account: Account, key: Any = None, **parameters: Any) -> Any:
    """What AssumeRole answers; the role is `reader` unless said otherwise."""
    return account.client("sts", key).assume_role(**{"RoleArn": ROLE, "RoleSessionName": "session", **parameters})


def refused(account: Account, key: Any = None, **parameters: Any) -> tuple[str, str, int]:
    call = account.client("sts", key).assume_role
    return refusal(call, **{"RoleArn": ROLE, "RoleSessionName": "session", **parameters})


def make_role(account: Account, principal: Any, name: str = "reader", path: str = "/", **condition: Any) -> None:
    account.client("iam").create_role(
        RoleName=name, Path=path, AssumeRolePolicyDocument=trust(principal, **condition), MaxSessionDuration=7200
    )


def test_the_operator_is_an_iam_user(account: Account) -> None:
    answer = account.client("sts").get_caller_identity()
    assert (answer["Account"], answer["Arn"]) == ("111122223333", OPERATOR)
    assert answer["UserId"].startswith("AIDA")


def test_a_role_that_names_the_caller_is_assumed_and_its_path_is_lost(account: Account) -> None:
    make_role(account, {"AWS": OPERATOR}, path="/data/loads/")
    answer = assume(account, RoleArn="arn:aws:iam::111122223333:role/data/loads/reader")
    arn = "arn:aws:sts::111122223333:assumed-role/reader/session"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    identity = account.client("sts", answer["Credentials"]).get_caller_identity()
    assert identity["Arn"] == arn
    assert identity["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"]
    assert identity["UserId"].startswith("AROA") and identity["UserId"].endswith(":session")


@pytest.mark.parametrize(
    "principal",
    [{"Service": "ecs-tasks.amazonaws.com"}, {"AWS": "444455556666"}, {"AWS": "arn:aws:iam::444455556666:root"}],
)
def test_a_role_that_trusts_others_refuses_the_caller(account: Account, principal: Any) -> None:
    make_role(account, principal)
    text = f"User: {OPERATOR} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    assert refused(account) == ("AccessDenied", text, 403)


def test_a_role_that_does_not_exist_cannot_be_assumed(account: Account) -> None:
    text = f"User: {OPERATOR} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    assert refused(account) == ("AccessDenied", text, 403)


@pytest.mark.parametrize("principal", [{"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:root"}])
def test_a_role_that_trusts_the_account_admits_its_users(account: Account, principal: Any) -> None:
    make_role(account, principal)
    assert assume(account)["AssumedRoleUser"]["Arn"].endswith(":assumed-role/reader/session")


def test_a_role_that_trusts_a_role_admits_its_sessions_whatever_the_path(account: Account) -> None:
    make_role(account, {"AWS": OPERATOR}, name="first", path="/data/")
    first = "arn:aws:iam::111122223333:role/data/first"
    make_role(account, {"AWS": first})
    session = assume(account, RoleArn=first)["Credentials"]
    assert assume(account, session)["AssumedRoleUser"]["Arn"].endswith(":assumed-role/reader/session")
    assert refused(account)[0] == "AccessDenied"


def test_an_expired_condition_refuses(account: Account, clock: Clock) -> None:
    until = (clock() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    make_role(account, {"AWS": OPERATOR}, DateLessThan={"aws:CurrentTime": until})
    assume(account)
    clock.pass_by(6 * 60)
    assert refused(account)[0] == "AccessDenied"


def test_an_external_id_must_be_given_as_the_role_wants_it(account: Account) -> None:
    make_role(account, {"AWS": OPERATOR}, StringEquals={"sts:ExternalId": "expected"})
    assert refused(account)[0] == "AccessDenied"
    assert refused(account, ExternalId="another")[0] == "AccessDenied"
    assume(account, ExternalId="expected")


def test_the_root_user_may_assume_no_role(account: Account) -> None:
    make_role(account, {"AWS": "111122223333"})
    expected = ("AccessDenied", "Roles may not be assumed by root accounts.", 403)
    assert refused(account, account.cloud.root) == expected
    identity = account.client("sts", account.cloud.root).get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::111122223333:root"


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"RoleSessionName": "two words"}, "at 'roleSessionName' failed to satisfy constraint: Member must satisfy"),
        ({"RoleSessionName": "x" * 65}, "Member must have length less than or equal to 64"),
        ({"DurationSeconds": 899}, "Value '899' at 'durationSeconds' failed to satisfy constraint"),
        ({"DurationSeconds": 43201}, "Member must have value less than or equal to 43200"),
        ({"DurationSeconds": 7201}, "exceeds the MaxSessionDuration set for this role"),
        ({"RoleArn": "arn:aws:iam::111122223333:user/reader"}, "Request ARN is invalid"),
    ],
)
def test_the_rules_for_names_and_durations_hold(account: Account, parameters: dict[str, Any], text: str) -> None:
    make_role(account, {"AWS": OPERATOR})
    code, message, status = refused(account, **parameters)
    assert (code, status) == ("ValidationError", 400)
    assert text in message


def test_a_chained_session_lasts_an_hour_at_most(account: Account) -> None:
    make_role(account, {"AWS": "111122223333"})
    again = document(allow("sts:AssumeRole", ROLE))
    account.client("iam").put_role_policy(RoleName="reader", PolicyName="again", PolicyDocument=again)
    session = assume(account, DurationSeconds=7200)["Credentials"]
    assert refused(account, session, DurationSeconds=3601)[:2] == (
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    )
    assume(account, session, DurationSeconds=3600)


def test_a_session_ends_when_it_says(account: Account, clock: Clock) -> None:
    make_role(account, {"AWS": OPERATOR})
    session = assume(account, DurationSeconds=900)["Credentials"]
    clock.pass_by(901)
    expected = ("ExpiredToken", "The security token included in the request is expired", 403)
    assert refusal(account.client("sts", session).get_caller_identity) == expected
    assert refusal(account.client("ecs", session).list_clusters)[0] == "ExpiredTokenException"
    assert refusal(account.client("ec2", session).describe_vpcs)[0] == "RequestExpired"


def test_a_session_without_its_token_is_refused(account: Account) -> None:
    make_role(account, {"AWS": OPERATOR})
    session = assume(account)["Credentials"]
    del session["SessionToken"]
    assert refusal(account.client("sts", session).get_caller_identity)[0] == "InvalidClientTokenId"


def test_a_session_token_for_the_user_is_the_user(account: Account) -> None:
    session = account.client("sts").get_session_token()["Credentials"]
    assert account.client("sts", session).get_caller_identity()["Arn"] == OPERATOR


def test_a_new_role_and_a_changed_trust_are_enforced_later(accounts: Accounts, clock: Clock) -> None:
    account = accounts(propagation=10.0)
    make_role(account, {"AWS": OPERATOR})
    assert account.client("iam").get_role(RoleName="reader")["Role"]["Arn"] == ROLE
    assert refused(account)[0] == "AccessDenied"
    clock.pass_by(11)
    assume(account)
    change = account.client("iam").update_assume_role_policy
    change(RoleName="reader", PolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    assume(account)
    clock.pass_by(11)
    assert refused(account)[0] == "AccessDenied"


@pytest.mark.parametrize(
    ("condition", "admitted"),
    [
        ({"StringEquals": {"aws:ResourceAccount": "111122223333"}}, True),
        ({"StringEquals": {"aws:ResourceAccount": "444455556666"}}, False),
        ({"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}, True),
        ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/${aws:username}"}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, False),
        ({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}, False),
        ({"NumericGreaterThan": {"aws:EpochTime": "1"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalType": ["User"]}}, True),
    ],
)
def test_the_keys_of_the_request_decide(account: Account, condition: dict[str, Any], admitted: bool) -> None:
    make_role(account, {"AWS": OPERATOR}, **condition)
    if admitted:
        assert assume(account)["AssumedRoleUser"]
    else:
        assert refused(account)[0] == "AccessDenied"
