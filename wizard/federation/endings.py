"""Roles that a condition gives only for a time: until when, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from wizard.federation.condition_time import end, holding
from wizard.language import _
from wizard.phrases import moment, sentences

_UNTIL = (
    "{member} has {role} on {on} only until {moment}, because of the condition {condition}. If the workload needs the "
    "role for longer, grant the role without a condition"
)
_AT_TIMES = (
    "{member} has {role} on {on} only at certain times, because of the condition {condition}. If the workload needs "
    "the role at all times, grant the role without a condition"
)


@dataclass(frozen=True)
class Ending:
    """A role that the workload has only for a time. `at` is when the role ends, in UTC; None if it comes and goes."""

    text: str
    at: datetime | None


def of_grants(member: str, role: str, on: str, expressions: Iterable[str], now: datetime) -> Iterator[Ending]:
    """Yield when a role ends that the member has only under these conditions; nothing if no end is known.

    `on` is the relative name of the resource, `now` an aware time.
    """
    holdings = {expression: holding(expression, now) for expression in expressions}
    current = {expression: found for expression, found in holdings.items() if found.now is not False}
    at = end(current, now)
    always = any(found.now is None or found.changes_known for found in current.values())
    if not current or (at is None and always):
        return
    template = _(_UNTIL) if at else _(_AT_TIMES)
    time, condition = moment(at) if at else "", sentences(current)
    yield Ending(template.format(member=member, role=role, on=on, moment=time, condition=condition), at)
