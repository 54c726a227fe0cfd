"""The checks behind the questions: the rules of the headless commands, in one sentence each."""

from __future__ import annotations

from collections.abc import Callable

from wizard.setup import rules
from wizard.setup.question import AnswersSoFar, Value

Check = Callable[[Value, AnswersSoFar], str | None]
"""What is wrong with a value, given the other answers."""


def by(rule: Callable[[str], rules.Broken | None]) -> Check:
    """A check of a text by one of the APIs' limits."""

    def check(value: Value, _answers: AnswersSoFar) -> str | None:
        broken = rule(str(value))
        return str(broken) if broken else None

    return check


def each_by(rule: Callable[[str], rules.Broken | None]) -> Check:
    """A check of several names by one of the APIs' limits: the first that breaks it."""

    def check(value: Value, _answers: AnswersSoFar) -> str | None:
        names = value if isinstance(value, tuple) else (str(value),)
        return next((str(broken) for name in names if (broken := rule(name))), None)

    return check


def token_lifetime(value: Value, _answers: AnswersSoFar) -> str | None:
    """Seconds, as a text of digits."""
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return f'"{text}" is not a number of seconds; write 600 to 43200'
    broken = rules.token_lifetime(int(text))
    return str(broken) if broken else None
