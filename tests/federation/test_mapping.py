"""Mappings and conditions, evaluated by Google's own engine, with the limits that the API documents."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.federation.aws import aws_assertion, condition_for
from wizard.federation.mapping import (
    AWS_DEFAULT_MAPPING,
    Condition,
    ExpressionError,
    Mapped,
    Mapping,
    SubjectTooLong,
)
from wizard.language import speaking

ARN = "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery/0123456789abcdef0123456789abcdef"
ROLE = "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery"
ASSERTION = aws_assertion("111122223333", ARN, "AROAEXAMPLE:0123456789abcdef0123456789abcdef")


def test_the_default_mapping_makes_the_role_of_a_session_an_attribute() -> None:
    mapped = Mapping(AWS_DEFAULT_MAPPING).evaluate(ASSERTION)
    assert mapped == Mapped(subject=ARN, groups=(), attributes={"aws_role": ROLE})


def test_the_default_mapping_keeps_the_arn_of_a_user() -> None:
    arn = "arn:aws:iam::111122223333:user/ops/loader"
    mapped = Mapping(AWS_DEFAULT_MAPPING).evaluate(aws_assertion("111122223333", arn, "AIDAEXAMPLE"))
    assert (mapped.subject, mapped.attributes["aws_role"]) == (arn, arn)


@given(st.from_regex(r"[A-Za-z0-9+=,.@_-]{1,20}", fullmatch=True), st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True))
def test_every_session_of_a_role_has_the_same_attribute(role: str, session: str) -> None:
    arn = f"arn:aws:sts::111122223333:assumed-role/{role}/{session}"
    mapped = Mapping(AWS_DEFAULT_MAPPING).evaluate({"arn": arn})
    assert mapped.attributes == {"aws_role": f"arn:aws:sts::111122223333:assumed-role/{role}"}
    assert Condition(condition_for("111122223333", role)).evaluate({"arn": arn}, mapped)


def test_groups_are_a_list_of_texts() -> None:
    mapped = Mapping({"google.subject": "assertion.arn", "google.groups": "[assertion.account]"}).evaluate(ASSERTION)
    assert mapped.groups == ("111122223333",)
    with pytest.raises(ExpressionError, match=r"google\.groups"):
        Mapping({"google.subject": "assertion.arn", "google.groups": "assertion.arn"}).evaluate(ASSERTION)


@pytest.mark.parametrize(
    ("expression", "line", "column", "problem"),
    [
        ("assertion.", 1, 11, "Syntax error"),
        ("assertion.arn +\n  nothing", 2, 3, "undeclared reference to 'nothing'"),
        ("assertion.arn.upcase()", 1, 21, "undeclared reference to 'upcase'"),
        ("'a' + 1", 1, 5, "found no matching overload for '_+_' applied to '(string, int)'"),
        ("", 1, 1, "Syntax error"),
        ("attribute.aws_role", 1, 10, "undeclared reference"),
    ],
)
def test_a_compile_error_has_its_place(expression: str, line: int, column: int, problem: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        Mapping({"google.subject": expression})
    error = refused.value
    assert (error.key, error.expression, error.line, error.column) == ("google.subject", expression, line, column)
    assert error.problem.startswith(problem)
    assert f"google.subject (line {line}, column {column}): {problem}" in str(error)


@pytest.mark.parametrize("expression", ["1", "true", "[assertion.arn]", "\ud800"])
def test_a_subject_that_cannot_be_a_text_does_not_compile(expression: str) -> None:
    with pytest.raises(ExpressionError):
        Mapping({"google.subject": expression})


@pytest.mark.parametrize(
    "expression",
    ["assertion.nothing", "assertion.number", "assertion.arn.extract('no identifier')", "''", "assertion.list[7]"],
)
def test_a_failing_evaluation_is_an_error_and_no_value(expression: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        Mapping({"google.subject": expression}).evaluate({"arn": ARN, "number": 3, "list": []})
    assert refused.value.key == "google.subject"


@pytest.mark.parametrize("key", ["assertion.aud", "attribute.", "attribute.AWS", "attribute.a-b", "google.other", ""])
def test_a_wrong_key_is_refused_in_googles_words(key: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        Mapping({"google.subject": "assertion.arn", key: "assertion.arn"})
    assert refused.value.problem == (
        f"Invalid mapped attribute key: {key}. Custom mapped attributes must be in format "
        "'attribute.{custom_attribute}'"
    )


def test_a_mapping_needs_a_subject() -> None:
    for expressions in ({}, {"attribute.account": "assertion.account"}):
        with pytest.raises(ExpressionError, match=r"google\.subject"):
            Mapping(expressions)


def test_the_limits_of_the_api_hold_to_the_last_one() -> None:
    def custom(count: int) -> dict[str, str]:
        return {"google.subject": "assertion.arn"} | {f"attribute.a{n}": "'x'" for n in range(count)}

    Mapping(custom(50))
    with pytest.raises(ExpressionError, match="the limit is 50"):
        Mapping(custom(51))
    Mapping({"google.subject": "'x'", "attribute." + "a" * 100: "'x'"})
    with pytest.raises(ExpressionError, match="longer than 100"):
        Mapping({"google.subject": "'x'", "attribute." + "a" * 101: "'x'"})
    Mapping({"google.subject": "'" + "x" * 2046 + "'"})
    with pytest.raises(ExpressionError, match="2049 characters; the limit is 2048"):
        Mapping({"google.subject": "'" + "x" * 2047 + "'"})
    Condition("true" + " " * 4092)
    with pytest.raises(ExpressionError, match="4097 characters; the limit is 4096"):
        Condition("true" + " " * 4093)


def test_the_mapped_values_are_limited_together() -> None:
    mapping = Mapping({"google.subject": "'x'", "attribute.a": "assertion.a", "attribute.b": "assertion.b"})
    assert mapping.evaluate({"a": "x" * 8000, "b": "x" * 191}).subject == "x"
    with pytest.raises(ExpressionError, match="8192 bytes"):
        mapping.evaluate({"a": "x" * 8000, "b": "é" * 96})


def test_a_subject_may_have_127_bytes_and_no_more() -> None:
    mapping = Mapping({"google.subject": "assertion.sub"})
    assert mapping.evaluate({"sub": "x" * 127}).subject == "x" * 127
    for subject in ("x" * 128, "é" * 64):
        with pytest.raises(SubjectTooLong) as refused:
            mapping.evaluate({"sub": subject})
        assert refused.value.problem == (
            "The size of mapped attribute google.subject exceeds the 127 bytes limit. Either modify your attribute "
            "mapping or the incoming assertion to produce a mapped attribute that is less than 127 bytes."
        )


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_a_subject_is_taken_as_it_is_or_refused_by_its_bytes(subject: str) -> None:
    try:
        assert Mapping({"google.subject": "assertion.sub"}).evaluate({"sub": subject}).subject == subject
        assert len(subject.encode()) <= 127
    except SubjectTooLong:
        assert len(subject.encode()) > 127


@pytest.mark.parametrize("subject", ["\ud800", "operator\0evil", "\0"])
def test_a_value_that_the_engine_would_change_is_an_error(subject: str) -> None:
    """The engine cuts a text at a NUL, so that one identity could pass for another."""
    mapping = Mapping({"google.subject": "assertion.list[0].sub"})
    with pytest.raises(ExpressionError, match="an invalid character"):
        mapping.evaluate({"list": [{"sub": subject}]})


MAPPED = Mapped("s", ("admins",), {"aws_role": ROLE})


@pytest.mark.parametrize(
    ("expression", "admitted"),
    [
        (f"attribute.aws_role == '{ROLE}'", True),
        (f"attribute.aws_role == '{ROLE}-2'", False),
        ("'admins' in google.groups", True),
        ("google.subject == 's' && assertion.account == '111122223333'", True),
        ("attribute.aws_role.extract('assumed-role/{role}') in ['rds-to-bigquery']", True),
        ("assertion.arn.startsWith('arn:aws:sts::999988887777:')", False),
        ("false && assertion.nothing == 'x'", False),
    ],
)
def test_a_condition_sees_assertion_google_and_attribute(expression: str, admitted: bool) -> None:
    assert Condition(expression).evaluate(ASSERTION, MAPPED) is admitted


@pytest.mark.parametrize("expression", ["assertion.nothing == 'x'", "attribute.nothing == 'x'", "assertion.arn"])
def test_a_condition_that_fails_or_is_not_boolean_is_an_error(expression: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        Condition(expression).evaluate(ASSERTION, MAPPED)
    assert refused.value.key == "attributeCondition"


@pytest.mark.parametrize("expression", ["'text'", "1 +", "request.time == 1"])
def test_a_condition_that_cannot_be_boolean_does_not_compile(expression: str) -> None:
    with pytest.raises(ExpressionError):
        Condition(expression)


def test_one_mapping_serves_many_threads() -> None:
    mapping, condition = Mapping(AWS_DEFAULT_MAPPING), Condition("attribute.aws_role.endsWith(assertion.role)")

    def exchange(number: int) -> bool:
        assertion = {"arn": f"arn:aws:sts::111122223333:assumed-role/role-{number}/session", "role": f"role-{number}"}
        mapped = mapping.evaluate(assertion)
        return mapped.subject == assertion["arn"] and condition.evaluate(assertion, mapped)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(exchange, range(2000)))


@pytest.mark.parametrize(
    ("expressions", "problem"),
    [
        ({"attribute.a": "'x'"}, "マッピングに必須の google.subject がありません"),
        ({"google.subject": "''"}, "マッピングされたサブジェクトが空です"),
        ({"google.subject": f"'{'x' * 2047}'"}, "式が 2049 文字あります。上限は 2048 文字です"),
        ({"google.subject": "'x'", f"attribute.{'a' * 101}": "'x'"}, "属性名が 100 文字を超えています"),
        ({"google.subject": "assertion.number"}, "1 は文字列ではありません"),
        ({"google.subject": "'x'", "google.groups": "assertion.number"}, "1 は文字列のリストではありません"),
    ],
)
def test_the_wizards_own_problems_are_in_japanese(expressions: dict[str, str], problem: str) -> None:
    with speaking("ja"), pytest.raises(ExpressionError) as raised:
        Mapping(expressions).evaluate({"number": 1})
    assert raised.value.problem == problem
    assert str(raised.value).endswith(f": {problem}")


def test_the_words_of_the_token_service_stay_in_english() -> None:
    with speaking("ja"), pytest.raises(SubjectTooLong, match="exceeds the 127 bytes limit"):
        Mapping({"google.subject": f"'{'x' * 128}'"}).evaluate({})
