"""When a condition of a policy holds, as far as the time alone tells: now, until when, from when, or never again."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

from wizard.federation.mapping import ExpressionError, PolicyCondition

_TIMESTAMP = re.compile(r"""timestamp\(\s*(["'])(?P<text>[^"']+)\1\s*\)""")
_DURATION = re.compile(r"""duration\(\s*(["'])(?P<text>[^"']+)\1\s*\)""")
_DURATION_PART = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>h|ms|us|ns|m|s)")
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}  # seconds
_TEXT = re.compile(r"""(["']).*?\1""")
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_COMPARING_NAME = re.compile(
    r"request\.time|timestamp|duration|true|false|in|(resource|destination|api|request\.(path|host|auth))\b.*"
    r"|hasOnly|startsWith|endsWith|contains|matches|extract"
)
"""The names that an expression may use to be one that only compares the time with timestamps."""

_MOST_DURATIONS = 4
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Holding:
    """Whether a condition holds at a moment; None if that depends on more than the time.

    `changes` is the next moment at which this changes, in UTC. None means that it never does, or, unless
    `changes_known`, that it cannot be told when (as for office hours).
    """

    now: bool | None
    changes: datetime | None = None
    changes_known: bool = True

    @property
    def ended(self) -> bool:
        """Whether it does not hold, and cannot hold again."""
        return self.now is False and self.changes is None and self.changes_known


def holding(expression: str, now: datetime) -> Holding:
    """Return whether a condition holds at `now`, an aware time. What cannot be evaluated here is not known."""
    try:
        condition = PolicyCondition(expression)
    except ExpressionError:
        return Holding(None, changes_known=False)
    value = _value(condition, now)
    if value is None:
        return Holding(None, changes_known=False)
    moments = _moments(expression)
    if moments is None:
        return Holding(value, changes_known=False)
    coming = sorted(moment for moment in moments if moment >= now)
    changes = (moment for moment in coming if _changes_at(condition, moment, value))
    return Holding(value, next(changes, None))


def end(expressions: Iterable[str], now: datetime) -> datetime | None:
    """Return the next moment from which none of the conditions holds, whatever else is true; None if none is known.

    `now` is an aware time. A condition that also depends on other things than the time ends when the time alone makes
    it false.
    """
    conditions, moments = [], set[datetime]()
    for expression in expressions:
        found = _moments(expression)
        if found is None:
            return None
        try:
            conditions.append(PolicyCondition(expression))
        except ExpressionError:
            return None
        moments |= found
    for moment in sorted(each for each in moments if each >= now):
        if all(_value(condition, moment + _INSTANT) is False for condition in conditions):
            return moment
    return None


def _value(condition: PolicyCondition, moment: datetime) -> bool | None:
    try:
        return condition.evaluate({"request.time": moment})
    except ExpressionError:
        return None


def _changes_at(condition: PolicyCondition, moment: datetime, value: bool) -> bool:
    """Return whether the value is another at the moment, or just after it."""
    return any(_value(condition, each) is not value for each in (moment, moment + _INSTANT))


def _moments(expression: str) -> set[datetime] | None:
    """Return every moment at which a comparison with the time can change; None if the expression does more than that.

    These are the timestamps of the expression, with any of its durations added or subtracted.
    """
    if not _only_compares(expression):
        return None
    timestamps = [_timestamp(found["text"]) for found in _TIMESTAMP.finditer(expression)]
    durations = [_duration(found["text"]) for found in _DURATION.finditer(expression)]
    if len(durations) > _MOST_DURATIONS:
        return None
    moments = set()
    for timestamp in timestamps:
        for factors in product((-1, 0, 1), repeat=len(durations)):
            moments |= set(_shifted(timestamp, factors, durations))
    return moments


def _shifted(
    timestamp: datetime | None, factors: Iterable[int], durations: Iterable[timedelta | None]
) -> Iterator[datetime]:
    """Yield the shifted timestamp; nothing for what is not valid, which the engine does not evaluate either."""
    moment = timestamp
    for factor, duration in zip(factors, durations, strict=True):
        if moment is None or duration is None:
            return
        try:
            moment += factor * duration
        except OverflowError:
            return
    if moment is not None:
        yield moment


def _only_compares(expression: str) -> bool:
    """Return whether the time is only compared with timestamps: no hours, no days of the week, no conversions."""
    return all(map(_COMPARING_NAME.fullmatch, _NAME.findall(_TEXT.sub("", expression))))


def _timestamp(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _duration(text: str) -> timedelta | None:
    """Return a duration such as "1h30m" or "-10s"."""
    digits = text.removeprefix("-")
    if _DURATION_PART.sub("", digits):
        return None
    parts = _DURATION_PART.finditer(digits)
    seconds = sum(float(part["number"]) * _UNITS[part["unit"]] for part in parts)
    try:
        return timedelta(seconds=-seconds if text.startswith("-") else seconds)
    except OverflowError:
        return None
