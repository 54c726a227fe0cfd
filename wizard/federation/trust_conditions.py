"""The Condition element of an AWS policy, evaluated.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

_ARN_PARTS = 6


def holds(condition: Mapping[str, Mapping[str, object]], context: Mapping[str, str | datetime]) -> bool | None:
    """Does the condition hold? All operators and keys must, one value each. None: that cannot be told here.

    Keys are compared without regard to case. An operator or a value that is not understood gives None, unless
    another part of the condition fails anyway.
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


def like(pattern: str, text: str) -> bool:
    """Does the text match, where * stands for any characters and ? for one?"""
    return _like(pattern).fullmatch(text) is not None


@cache
def _like(pattern: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(char) or re.escape(char) for char in pattern), re.DOTALL)


def _arn_like(pattern: str, text: str) -> bool:
    """Each of the six parts of an ARN by itself: a wildcard does not reach over a colon."""
    patterns, parts = pattern.split(":", _ARN_PARTS - 1), text.split(":", _ARN_PARTS - 1)
    return len(patterns) == len(parts) == _ARN_PARTS and all(map(like, patterns, parts))


def _same_ignoring_case(wanted: str, text: str) -> bool:
    return wanted.lower() == text.lower()


def _moment(text: str) -> datetime:
    """A date of a policy: W3C ISO 8601, or seconds since 1970; ValueError for anything else."""
    if re.fullmatch(r"\d+", text):
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _dated(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    return lambda wanted, text: compare(_moment(text), _moment(wanted))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": operator.eq,
    "StringEqualsIgnoreCase": _same_ignoring_case,
    "StringLike": like,
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
        # A missing key fails a comparison, and so satisfies a negated one.
        return base in _NEGATED or base != name
    text = actual.isoformat() if isinstance(actual, datetime) else actual
    try:
        matched = any(compare(value, text) for value in wanted)
    except (ValueError, OverflowError, OSError):  # no date, or one beyond what the clock can say
        return None
    return matched != (base in _NEGATED)


def _texts(wanted: object) -> list[str] | None:
    """The values of a key as texts: AWS takes booleans and numbers for their texts."""
    if isinstance(wanted, list):
        return (
            [str(value) for value in wanted] if all(isinstance(value, str | int | bool) for value in wanted) else None
        )
    return [str(wanted)] if isinstance(wanted, str | int | bool) else None
