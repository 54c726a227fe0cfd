"""Evaluates the Condition element of an AWS policy. What is not known is said, and never guessed.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from wizard.federation import trust_patterns as patterns
from wizard.federation.trust_patterns import Beginning, NotKnown, Tokens, all_of, any_of

Value = str | datetime | Beginning
"""The value of a condition key in a request."""


@dataclass(frozen=True)
class Request:
    """The condition keys of a request, whose names are not case-sensitive.

    A key without a value is absent if it is in `absent`, or if the request is `complete`. Otherwise it is not known
    whether the request has it. A name in `absent` that ends in "/" stands for all keys that begin with it.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    complete: bool = False

    def value(self, key: str) -> Value | None:
        """Return the value of a key, and None if the request does not have the key. Raises NotKnown."""
        for name, value in self.values.items():
            if name.lower() == key.lower():
                return value
        if self.complete or self._is_absent(key.lower()):
            return None
        raise NotKnown(key)

    def _is_absent(self, key: str) -> bool:
        names = [name.lower() for name in self.absent]
        return key in names or any(name.endswith("/") and key.startswith(name) for name in names)


class Verdict(NamedTuple):
    """Whether something is so. `met` is None if that is not known; then `unknown` names what is missing."""

    met: bool | None
    unknown: tuple[str, ...] = ()


def is_met(condition: object, request: Request, *, variables: bool = True) -> Verdict:
    """Return whether a Condition element, which can be any JSON, is met by a request.

    It is met if, for each operator and key, one of the values matches. Policy variables are resolved if `variables`:
    a policy of the version 2008-10-17 has none.
    """
    if not isinstance(condition, Mapping):
        return Verdict(None, ("Condition",))
    verdicts = [_operator(str(name), keys, request, variables) for name, keys in condition.items()]
    return combined(verdicts)


def combined(verdicts: list[Verdict]) -> Verdict:
    """Return whether all are met, with the names of what is missing if that is not known."""
    met = all_of(verdict.met for verdict in verdicts)
    if met is not None:
        return Verdict(met)
    names = [name for verdict in verdicts for name in verdict.unknown]
    return Verdict(None, tuple(dict.fromkeys(names)))


def matches_wildcards(pattern: str, text: str) -> bool:
    """Return whether the text matches a pattern in which * stands for any characters, and ? for one."""
    return patterns.matches(patterns.wildcards(pattern), text) is True


def _operator(name: str, keys: object, request: Request, variables: bool) -> Verdict:
    if not isinstance(keys, Mapping):
        return Verdict(None, (name,))
    verdicts = [_verdict(name, str(key), wanted, request, variables) for key, wanted in keys.items()]
    return combined(verdicts)


def _verdict(name: str, key: str, wanted: object, request: Request, variables: bool) -> Verdict:
    try:
        met = _compared(name, _texts(wanted, key), key, request, variables)
    except NotKnown as missing:
        return Verdict(None, (str(missing),))
    return Verdict(met) if met is not None else Verdict(None, (key,))


def _compared(name: str, wanted: list[str], key: str, request: Request, variables: bool) -> bool | None:
    """Return whether one operator is met for one key. Raises NotKnown."""
    if name == "Null":
        absent = str(request.value(key) is None).lower()
        return absent in [text.lower() for text in wanted]
    form = _form(name)
    actual = request.value(key)
    if actual is None:
        return form.met_without_key
    matched = any_of(form.match(text, actual, request, variables) for text in wanted)
    return matched if matched is None else matched != form.negated


class _Form(NamedTuple):
    """What the name of an operator says."""

    match: "_Match"
    negated: bool
    met_without_key: bool


_Match = Callable[[str, Value, Request, bool], bool | None]
"""Compares a value of the policy with that of the request. Raises NotKnown."""


def _form(name: str) -> _Form:
    """Return what the name of an operator says. Raises NotKnown for an operator that is not known here."""
    quantifier, _, plain = name.rpartition(":")
    base = plain.removesuffix("IfExists")
    negated = base in _NEGATED
    match = _OPERATORS.get(_NEGATED.get(base, base))
    if match is None or quantifier not in ("", "ForAnyValue", "ForAllValues"):
        raise NotKnown(f"the condition operator {name}")
    if quantifier == "ForAnyValue":  # there must be a value, also for a negated operator
        return _Form(match, negated, base != plain)
    return _Form(match, negated, negated or base != plain or quantifier == "ForAllValues")


def _string(parse: Callable[[str], Tokens], change: Callable[[str], str] = str) -> _Match:
    """Return the comparison of texts; `change` is applied to both sides."""

    def match(wanted: str, actual: Value, request: Request, variables: bool) -> bool | None:
        pattern = _pattern(wanted, parse, request, variables)
        if pattern is None:
            return False
        text = Beginning(change(actual.text)) if isinstance(actual, Beginning) else change(_text(actual))
        return patterns.matches([change(token) for token in pattern], text)

    return match


def _arn(wanted: str, actual: Value, request: Request, variables: bool) -> bool | None:
    pattern = _pattern(wanted, patterns.wildcards, request, variables)
    if pattern is None:
        return False
    return patterns.matches_arn(pattern, actual if isinstance(actual, Beginning) else _text(actual))


def _pattern(wanted: str, parse: Callable[[str], Tokens], request: Request, variables: bool) -> Tokens | None:
    if not variables:
        return parse(wanted)
    return patterns.with_variables(wanted, parse, lambda key: _variable(key, request))


def _variable(key: str, request: Request) -> str | None:
    value = request.value(key)
    if isinstance(value, Beginning):
        raise NotKnown(key)
    return None if value is None else _text(value)


def _plain(compare: Callable[[str, str], bool]) -> _Match:
    """Return a comparison without wildcards and variables. What cannot be parsed is not known."""

    def match(wanted: str, actual: Value, _request: Request, _variables: bool) -> bool | None:
        if isinstance(actual, Beginning):
            return None
        try:
            return compare(_text(actual), wanted)
        except (ValueError, OverflowError, OSError, InvalidOperation):
            return None

    return match


def _moment(text: str) -> datetime:
    """Parse a date of a policy: W3C ISO 8601, or seconds since 1970. Raises ValueError, OverflowError, OSError."""
    if re.fullmatch(r"\d+", text, re.ASCII):
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _dated(compare: Callable[[datetime, datetime], bool]) -> _Match:
    return _plain(lambda actual, wanted: compare(_moment(actual), _moment(wanted)))


def _numeric(compare: Callable[[Decimal, Decimal], bool]) -> _Match:
    return _plain(lambda actual, wanted: compare(Decimal(actual), Decimal(wanted)))


def _in_network(actual: str, wanted: str) -> bool:
    return ipaddress.ip_address(actual) in ipaddress.ip_network(wanted, strict=False)


def _same_ignoring_case(actual: str, wanted: str) -> bool:
    return actual.lower() == wanted.lower()


_OPERATORS: dict[str, _Match] = {
    "StringEquals": _string(patterns.literal),
    "StringEqualsIgnoreCase": _string(patterns.literal, str.lower),
    "StringLike": _string(patterns.wildcards),
    "ArnEquals": _arn,
    "ArnLike": _arn,
    "Bool": _plain(_same_ignoring_case),
    "IpAddress": _plain(_in_network),
    "DateEquals": _dated(operator.eq),
    "DateLessThan": _dated(operator.lt),
    "DateLessThanEquals": _dated(operator.le),
    "DateGreaterThan": _dated(operator.gt),
    "DateGreaterThanEquals": _dated(operator.ge),
    "NumericEquals": _numeric(operator.eq),
    "NumericLessThan": _numeric(operator.lt),
    "NumericLessThanEquals": _numeric(operator.le),
    "NumericGreaterThan": _numeric(operator.gt),
    "NumericGreaterThanEquals": _numeric(operator.ge),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnLike",
    "ArnNotLike": "ArnLike",
    "DateNotEquals": "DateEquals",
    "NumericNotEquals": "NumericEquals",
    "NotIpAddress": "IpAddress",
}
"""A negated operator -> the operator that it negates."""


def _text(value: str | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else value


def _texts(wanted: object, key: str) -> list[str]:
    """Return the values of a key as texts, as AWS compares booleans and numbers. Raises NotKnown for other types."""
    values = wanted if isinstance(wanted, list) else [wanted]
    if not all(isinstance(value, str | int | float) for value in values):
        raise NotKnown(key)
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
