"""One statement added to a trust policy, and taken away again."""

import copy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.federation.trust import TrustCaller, TrustedService, decide, statements, trust_policy
from wizard.federation.trust_conditions import Request
from wizard.federation.trust_edit import LIVE_TEST_SID, operator_statement, with_statement, without_statement

ACCOUNT = "111122223333"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/lee@acme.example"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
MINE = operator_statement(SESSION, NOON)

sids = st.none() | st.sampled_from(["A", "B", "WifWizard", LIVE_TEST_SID + "2"])
foreign = st.builds(
    lambda sid, name: {"Effect": "Allow", "Principal": {"AWS": name}} | ({"Sid": sid} if sid else {}), sids, st.text()
)
policies = st.builds(lambda many: {"Version": "2012-10-17", "Statement": many}, foreign | st.lists(foreign))


def test_the_statement_names_one_caller_until_a_moment() -> None:
    assert MINE == {
        "Sid": "WifWizardLiveTest",
        "Effect": "Allow",
        "Principal": {"AWS": SESSION},
        "Action": "sts:AssumeRole",
        "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-01-02T12:00:00Z"}},
    }


def test_the_moment_is_written_in_utc() -> None:
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    assert operator_statement(SESSION, tokyo) == MINE


def test_the_statement_lets_the_caller_in_and_nobody_else_and_not_later() -> None:
    policy = with_statement(trust_policy(TrustedService("ec2.amazonaws.com")), MINE)
    caller = TrustCaller("aws", arn=SESSION, account=ACCOUNT)
    other = TrustCaller("aws", arn=SESSION + "x", account=ACCOUNT)
    early = Request({"aws:CurrentTime": NOON - timedelta(seconds=1)})
    assert decide(policy, caller, "sts:AssumeRole", early).allowed is True
    assert decide(policy, other, "sts:AssumeRole", early).allowed is False
    assert decide(policy, caller, "sts:AssumeRole", Request({"aws:CurrentTime": NOON})).allowed is False


def test_a_changed_policy_shares_nothing_with_the_one_that_was_read() -> None:
    read = trust_policy(TrustedService("ec2.amazonaws.com"))
    before = copy.deepcopy(read)
    for changed in (with_statement(read, MINE), without_statement(with_statement(read, MINE), MINE["Sid"])):
        statements(changed)[0]["Principal"]["Service"] = "another"
    assert read == before


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ACCOUNT}:root",
        ACCOUNT,
        "*",
        f"arn:aws:iam::{ACCOUNT}:role/admin",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/admin",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/*",
        f"arn:aws:iam::{ACCOUNT}:user/*",
        "",
    ],
)
def test_root_and_anything_wider_than_one_caller_is_refused(arn: str) -> None:
    with pytest.raises(ValueError, match="root user" if arn.endswith(":root") else "is not the ARN"):
        operator_statement(arn, NOON)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        operator_statement(SESSION, NOON.replace(tzinfo=None))


def test_a_user_with_a_path_may_be_named() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:user/ops/lee"
    assert operator_statement(arn, NOON)["Principal"] == {"AWS": arn}


@given(policies)
def test_adding_and_removing_leaves_every_other_statement_as_it_was(policy: dict[str, Any]) -> None:
    before = copy.deepcopy(policy)
    added = with_statement(policy, MINE)
    assert policy == before
    assert statements(added) == [*statements(before), MINE]
    assert {key: value for key, value in added.items() if key != "Statement"} == {"Version": "2012-10-17"}
    assert statements(without_statement(added, LIVE_TEST_SID)) == statements(before)


@given(policies)
def test_adding_twice_is_adding_once_with_the_newer_statement(policy: dict[str, Any]) -> None:
    newer = operator_statement(SESSION, NOON + timedelta(hours=1))
    twice = with_statement(with_statement(policy, MINE), newer)
    assert twice == with_statement(policy, newer)


@given(policies)
def test_removing_what_is_not_there_changes_nothing(policy: dict[str, Any]) -> None:
    assert without_statement(policy, LIVE_TEST_SID) == policy
