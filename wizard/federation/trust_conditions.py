"""Evaluates the Condition element of an AWS policy.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

_ARN_PARTS = 6


def is_met(condition: Mapping[str, Mapping[str, object]], context: Mapping[str, str | datetime]) -> bool | None:
    """Return whether the condition is met; None if that cannot be evaluated.

    It is met if, for each operator and key, one of the values matches. Keys are not case-sensitive. The result is None
    for an unknown operator or value, unless another part of the condition is not met.
    """
    known = {key.lower(): value for key, value in context.items()}
    verdicts = [
        _verdict(name, _texts(wanted), known.get(key.lower()))
        for name, keys in condition.items()
        for key, wanted in keys.items()
    ]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def matches_wildcards(pattern: str, text: str) -> bool:
    """Return whether the text matches a pattern in which * stands for any characters, and ? for one."""
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(char) or re.escape(char) for char in pattern), re.DOTALL)


def _arn_like(pattern: str, text: str) -> bool:
    """Compare each of the six parts of an ARN: a wildcard does not match a colon between them."""
    patterns, parts = pattern.split(":", _ARN_PARTS - 1), text.split(":", _ARN_PARTS - 1)
    return len(patterns) == len(parts) == _ARN_PARTS and all(map(matches_wildcards, patterns, parts))


def _same_ignoring_case(wanted: str, text: str) -> bool:
    return wanted.lower() == text.lower()


def _moment(text: str) -> datetime:
    """Parse a date of a policy: W3C ISO 8601, or seconds since 1970. Raises ValueError."""
    if re.fullmatch(r"\d+", text):
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _dated(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    return lambda wanted, text: compare(_moment(text), _moment(wanted))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": operator.eq,
    "StringEqualsIgnoreCase": _same_ignoring_case,
    "StringLike": matches_wildcards,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": _same_ignoring_case,
    "DateEquals": _dated(operator.eq),
    "DateLessThan": _dated(operator.lt),
    "DateLessThanEquals": _dated(operator.le),
    "DateGreaterThan": _dated(operator.gt),
    "DateGreaterThanEquals": _dated(operator.ge),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnLike",
    "ArnNotLike": "ArnLike",
    "DateNotEquals": "DateEquals",
}


def _verdict(name: str, wanted: list[str] | None, actual: str | datetime | None) -> bool | None:
    if wanted is None or any("${" in value for value in wanted):
        return None  # policy variables are not resolved here
    if name == "Null":
        return any(value.lower() == str(actual is None).lower() for value in wanted)
    base = name.removesuffix("IfExists")
    compare = _OPERATORS.get(_NEGATED.get(base, base))
    if compare is None:
        return None
    if actual is None:
        # A missing key does not meet a comparison, and therefore meets a negated one.
        return base in _NEGATED or base != name
    text = actual.isoformat() if isinstance(actual, datetime) else actual
    try:
        matched = any(compare(value, text) for value in wanted)
    except (ValueError, OverflowError, OSError):  # not a date, or out of range
        return None
    return matched != (base in _NEGATED)


def _texts(wanted: object) -> list[str] | None:
    """Return the values of a key as texts, as AWS compares booleans and numbers; None for other types."""
    values = wanted if isinstance(wanted, list) else [wanted]
    if all(isinstance(value, str | int | bool) for value in values):
        return [str(value) for value in values]
    return None
