"""When a condition holds, as far as the time tells."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.federation.condition_time import Holding, end, holding
from wizard.federation.mapping import PolicyCondition

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
T2030 = datetime(2030, 1, 1, tzinfo=UTC)
NOT_KNOWN = Holding(None, changes_known=False)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('request.time < timestamp("2030-01-01T00:00:00Z")', Holding(True, T2030)),
        ("timestamp('2030-01-01T09:00:00+09:00') > request.time", Holding(True, T2030)),
        ("!(request.time >= timestamp('2030-01-01T00:00:00Z'))", Holding(True, T2030)),
        (
            "request.time > timestamp('2020-01-01T00:00:00Z') && request.time < timestamp('2030-01-01T00:00:00Z')",
            Holding(True, T2030),
        ),
        ("request.time < timestamp('2020-01-01T00:00:00Z')", Holding(False)),
        ("request.time > timestamp('2030-01-01T00:00:00Z')", Holding(False, T2030)),
        ("request.time == timestamp('2030-01-01T00:00:00Z')", Holding(False, T2030)),
        ("request.time - duration('24h') < timestamp('2029-12-31T00:00:00Z')", Holding(True, T2030)),
        ("request.time < timestamp('2029-12-31T00:00:00Z') + duration('86400s')", Holding(True, T2030)),
        ("request.time - timestamp('2029-12-31T23:00:00Z') < duration('1h')", Holding(True, T2030)),
        ("request.time <= timestamp('2026-11-29T12:00:00Z')", Holding(True, NOW)),
        ("true", Holding(True)),
        ("false", Holding(False)),
        ("request.time.getHours('Asia/Tokyo') >= 18", Holding(True, changes_known=False)),
        ("request.time.getDayOfWeek() == 1", Holding(False, changes_known=False)),
        ("int(request.time) < 1893456000", Holding(True, changes_known=False)),
        ("timestamp('2030-01-01T00:00:00Z').getFullYear() == 2030", Holding(True, changes_known=False)),
        ("resource.name == 'a'", NOT_KNOWN),
        ("resource.name == 'a' && request.time < timestamp('2020-01-01T00:00:00Z')", Holding(False)),
        ("resource.name == 'a' || request.time < timestamp('2030-01-01T00:00:00Z')", Holding(True, T2030)),
        ("api.getAttribute('x', []).hasOnly(['y'])", NOT_KNOWN),
        ("resource.matchTag('1/env', 'prod') && request.time < timestamp('2020-01-01T00:00:00Z')", Holding(False)),
        ("request.time < timestamp('2030-01-01')", NOT_KNOWN),
        ("request.time < timestamp('3000000-01-01T00:00:00Z')", NOT_KNOWN),
        ("request.time <", NOT_KNOWN),
        ("", NOT_KNOWN),
    ],
)
def test_what_a_condition_means_now(expression: str, expected: Holding) -> None:
    assert holding(expression, NOW) == expected


_UNTIL_2030 = "request.time < timestamp('2030-01-01T00:00:00Z')"
_UNTIL_2029 = "request.time < timestamp('2029-01-01T00:00:00Z')"


@pytest.mark.parametrize(
    ("expressions", "expected"),
    [
        ([_UNTIL_2030], T2030),
        ([_UNTIL_2029, _UNTIL_2030], T2030),
        ([f"resource.name == 'a' && {_UNTIL_2030}"], T2030),
        ([f"resource.name == 'a' || {_UNTIL_2030}"], None),
        ([_UNTIL_2030, "resource.name == 'a'"], None),
        ([_UNTIL_2030, "request.time.getHours() < 18"], None),
        ([_UNTIL_2030, "request.time <"], None),
        (["request.time > timestamp('2020-01-01T00:00:00Z')"], None),
        (["true"], None),
    ],
)
def test_when_the_last_of_several_conditions_ends(expressions: list[str], expected: datetime | None) -> None:
    assert end(expressions, NOW) == expected


_moments = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
_terms = st.builds(
    lambda operator, moment, hours, sign: (
        f"request.time {sign} duration('{hours}h') {operator} timestamp('{moment:%Y-%m-%dT%H:%M:%SZ}')"
    ),
    st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    _moments,
    st.integers(0, 100),
    st.sampled_from("+-"),
)
_expressions = st.recursive(
    _terms,
    lambda inner: st.one_of(
        st.builds("!({})".format, inner),
        st.builds("({}) && ({})".format, inner, inner),
        st.builds("({}) || ({})".format, inner, inner),
    ),
    max_leaves=3,
)


@given(_expressions, _moments, st.lists(st.integers(1, 10**9), min_size=1, max_size=5))
def test_it_does_not_change_before_the_moment_that_is_named(expression: str, now: datetime, later: list[int]) -> None:
    found = holding(expression, now)
    condition = PolicyCondition(expression)
    assert found.now is condition.evaluate({"request.time": now})
    for seconds in later:
        moment = now + timedelta(seconds=seconds)
        if found.changes is None or moment < found.changes:
            assert condition.evaluate({"request.time": moment}) is found.now
