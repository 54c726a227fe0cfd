"""The condition operators of AWS policies, pinned by the examples and tables of their documentation."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.federation.trust_conditions import Request, Value, matches_wildcards
from wizard.federation.trust_conditions import is_met as decide

SOURCE = "arn:aws:ecs:us-west-2:111122223333:task/batch/0123"
CONTEXT: dict[str, Value] = {
    "aws:CurrentTime": datetime(2026, 1, 2, 12, tzinfo=UTC),
    "aws:SourceArn": SOURCE,
    "aws:SourceAccount": "111122223333",
    "aws:MultiFactorAuthPresent": "true",
    "sts:ExternalId": "Acme-42",
    "number": "10",
    "address": "203.0.113.7",
}


def is_met(condition: object, context: dict[str, Value]) -> bool | None:
    """Whether it is met by a request that has no other keys than these."""
    return decide(condition, Request(context, complete=True)).met


@pytest.mark.parametrize(
    ("name", "key", "wanted", "verdict"),
    [
        ("StringEquals", "sts:ExternalId", "Acme-42", True),
        ("StringEquals", "STS:externalid", "Acme-42", True),
        ("StringEquals", "sts:ExternalId", "acme-42", False),
        ("StringEquals", "sts:ExternalId", "Acme-*", False),
        ("StringEquals", "sts:ExternalId", ["no", "Acme-42"], True),
        ("StringEquals", "sts:ExternalId", [], False),
        ("StringEquals", "missing", "x", False),
        ("StringEqualsIfExists", "missing", "x", True),
        ("StringEqualsIfExists", "sts:ExternalId", "x", False),
        ("StringEqualsIgnoreCase", "sts:ExternalId", "ACME-42", True),
        ("StringNotEquals", "sts:ExternalId", "x", True),
        ("StringNotEquals", "sts:ExternalId", ["x", "Acme-42"], False),
        ("StringNotEquals", "missing", "x", True),
        ("StringLike", "sts:ExternalId", "Acme-??", True),
        ("StringLike", "sts:ExternalId", "*", True),
        ("StringLike", "sts:ExternalId", "Acme-?", False),
        ("StringLike", "sts:ExternalId", "Acme[-]42", False),
        ("StringNotLike", "sts:ExternalId", "Other-*", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:ecs:us-west-2:111122223333:*", True),
        ("ArnEquals", "aws:SourceArn", "arn:aws:ecs:us-west-2:111122223333:*", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:ecs:*:111122223333:*", True),
        ("ArnLike", "aws:SourceArn", "arn:*:*:*:*:*", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:ecs:us-east-1:111122223333:*", False),
        ("ArnLike", "aws:SourceArn", "arn:aws:*", None),
        ("ArnLike", "aws:SourceArn", "*", None),
        ("ArnLike", "aws:SourceArn", "arn:aws:ecs:us-west-2:*", None),
        ("ArnLike", "aws:SourceArn", "arn:aws:ecs:us-west-2:111122223333:task/*/0123", True),
        ("ArnLike", "sts:ExternalId", "arn:aws:ecs:us-west-2:111122223333:*", False),
        ("ArnNotEquals", "aws:SourceArn", "arn:aws:ecs:us-east-1:111122223333:*", True),
        ("ArnNotLike", "aws:SourceArn", "arn:aws:ecs:us-west-2:111122223333:*", False),
        ("DateLessThan", "aws:CurrentTime", "2026-01-02T12:00:01Z", True),
        ("DateLessThan", "aws:CurrentTime", "2026-01-02T12:00:00Z", False),
        ("DateLessThan", "aws:CurrentTime", "2026-01-02T21:00:01+09:00", True),
        ("DateLessThanEquals", "aws:CurrentTime", "2026-01-02T12:00:00Z", True),
        ("DateGreaterThan", "aws:CurrentTime", "2026-01-02", True),
        ("DateGreaterThanEquals", "aws:CurrentTime", "1767355200", True),
        ("DateNotEquals", "aws:CurrentTime", "2026-01-02T12:00:00Z", False),
        ("DateLessThan", "missing", "2030-01-01T00:00:00Z", False),
        ("DateLessThan", "aws:CurrentTime", "soon", None),
        ("DateLessThan", "sts:ExternalId", "2030-01-01T00:00:00Z", None),
        ("Bool", "aws:MultiFactorAuthPresent", "true", True),
        ("Bool", "aws:MultiFactorAuthPresent", True, True),
        ("Bool", "aws:MultiFactorAuthPresent", "False", False),
        ("Bool", "missing", "false", False),
        ("BoolIfExists", "missing", "false", True),
        ("Null", "aws:MultiFactorAuthPresent", "true", False),
        ("Null", "aws:MultiFactorAuthPresent", False, True),
        ("Null", "missing", "true", True),
        ("Null", "missing", "false", False),
        ("NumericEquals", "sts:ExternalId", "1", None),
        ("ForAnyValue:StringEquals", "sts:ExternalId", "Acme-42", True),
        ("ForAnyValue:StringNotEquals", "missing", "Acme-42", False),
        ("ForAllValues:StringEquals", "missing", "Acme-42", True),
        ("ForSomeValues:StringEquals", "sts:ExternalId", "Acme-42", None),
        ("NumericLessThan", "number", "9", False),
        ("NumericNotEquals", "number", 10.0, False),
        ("IpAddress", "address", ["192.0.2.0/24", "203.0.113.7"], True),
        ("NotIpAddress", "address", "203.0.113.0/24", False),
        ("IpAddress", "address", "everywhere", None),
        ("StringEquals", "sts:ExternalId", {"odd": 1}, None),
        ("StringEquals", "sts:ExternalId", "${aws:username}", False),
        ("StringEquals", "sts:ExternalId", "${aws:username, 'Acme-42'}", True),
        ("StringEquals", "sts:ExternalId", "Acme-${number}2", False),
        ("StringLike", "sts:ExternalId", "Acme${*}42", False),
    ],
)
def test_an_operator_decides_as_documented(name: str, key: str, wanted: Any, verdict: bool | None) -> None:
    assert is_met({name: {key: wanted}}, CONTEXT) is verdict


def test_every_operator_and_every_key_must_hold() -> None:
    account = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    assert is_met({}, CONTEXT) is True
    assert is_met({**account, "ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-west-2:111122223333:*"}}, CONTEXT) is True
    assert is_met({**account, "ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:111122223333:*"}}, CONTEXT) is False
    assert is_met({"StringEquals": {"aws:SourceAccount": "111122223333", "sts:ExternalId": "x"}}, CONTEXT) is False


def test_what_cannot_be_told_does_not_hide_what_fails() -> None:
    unknown = {"StringMatches": {"aws:SourceIp": "10.0.0.0/8"}}
    assert is_met({**unknown, "StringEquals": {"sts:ExternalId": "Acme-42"}}, CONTEXT) is None
    assert is_met({**unknown, "StringEquals": {"sts:ExternalId": "x"}}, CONTEXT) is False


@given(st.text(), st.text())
def test_a_text_without_wildcards_is_like_itself_only(pattern: str, text: str) -> None:
    plain = pattern.replace("*", "").replace("?", "")
    assert matches_wildcards(plain, plain)
    assert matches_wildcards(plain, text) == (plain == text)


@given(st.text(), st.text(), st.text())
def test_a_star_stands_for_anything_and_a_question_mark_for_one(before: str, middle: str, after: str) -> None:
    text = before + middle + after
    assert matches_wildcards("*", text)
    assert matches_wildcards("?" * len(text), text)
    assert not matches_wildcards("?" * (len(text) + 1), text)
