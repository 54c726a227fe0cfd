"""Conditions of IAM policies, pinned by the examples in Google's documentation."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from wizard.federation.mapping import ExpressionError, PolicyCondition

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
BUCKET = "projects/_/buckets/acme-orders-aaa/objects/data_lake/orders/order_date=2019-11-03/aef87g87ae0876"
CONTEXT: dict[str, str | datetime] = {
    "request.time": NOON,
    "resource.name": BUCKET,
    "resource.type": "storage.googleapis.com/Object",
    "resource.service": "storage.googleapis.com",
}


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ('request.time < timestamp("2026-01-02T12:00:01Z")', True),
        ('request.time < timestamp("2026-01-02T12:00:00Z")', False),
        ('request.time > timestamp("2026-01-02T20:59:59+09:00")', True),
        ('request.time.getHours("Asia/Tokyo") == 21', True),
        ("request.time.getDayOfWeek() == 5", True),
        ('resource.name.startsWith("projects/_/buckets/acme-orders-aaa")', True),
        ('resource.name.extract("/order_date={date}/") == "2019-11-03"', True),
        ('resource.type == "storage.googleapis.com/Bucket" || resource.name.endsWith("0876")', True),
        ('resource.service == "compute.googleapis.com"', False),
        ('resource.type != "storage.googleapis.com/Object"', False),
    ],
)
def test_what_google_documents_is_decided(expression: str, holds: bool) -> None:
    assert PolicyCondition(expression).evaluate(CONTEXT) is holds


def test_the_time_zone_of_the_clock_does_not_matter() -> None:
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    condition = PolicyCondition('request.time < timestamp("2026-01-02T12:00:01Z")')
    assert condition.evaluate({"request.time": tokyo})


@pytest.mark.parametrize(
    "expression",
    [
        "resource.size > 3",
        "api.version == 'v1'",
        "request.user == 'a'",
        "request.time < '2026-01-02'",
        "resource.name",
        "resource.name ==",
    ],
)
def test_what_iam_does_not_document_does_not_compile(expression: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        PolicyCondition(expression)
    assert refused.value.key == "condition"


def test_an_attribute_that_the_request_lacks_is_an_error() -> None:
    condition = PolicyCondition("resource.type == 'storage.googleapis.com/Bucket'")
    with pytest.raises(ExpressionError):
        condition.evaluate({"request.time": NOON})


def test_a_time_that_is_no_time_is_an_error() -> None:
    with pytest.raises(ExpressionError):
        PolicyCondition("request.time < timestamp('2026-13-02T00:00:00Z')").evaluate(CONTEXT)


@pytest.mark.parametrize(
    "expression",
    [
        "destination.ip == '10.0.0.1' && destination.port == 22",
        "api.getAttribute('storage.googleapis.com/objectListPrefix', '') == ''",
        "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/viewer'])",
        "resource.matchTag('123/env', 'prod')",
        "resource.hasTagKeyId('tagKeys/123')",
        "'accessPolicies/1/accessLevels/office' in request.auth.access_levels",
        "request.path.startsWith('/admin')",
    ],
)
def test_what_only_iam_knows_compiles_and_is_not_decided(expression: str) -> None:
    condition = PolicyCondition(expression)
    with pytest.raises(ExpressionError):
        condition.evaluate(CONTEXT)
    past = PolicyCondition(f"({expression}) && request.time < timestamp('2020-01-01T00:00:00Z')")
    assert past.evaluate(CONTEXT) is False
