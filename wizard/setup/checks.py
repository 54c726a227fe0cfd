"""Checks of answers. They apply the rules of setup files, and report a problem in one sentence."""

from __future__ import annotations

from collections.abc import Callable

from wizard.language import _
from wizard.setup import rules
from wizard.setup.question import AnswersSoFar, Value

Check = Callable[[Value, AnswersSoFar], str | None]
"""Returns what is wrong with a value, given the other answers; None if it is valid."""


def by(rule: Callable[[str], rules.Broken | None]) -> Check:
    """Return a check that applies a rule to a text."""

    def check(value: Value, _answers: AnswersSoFar) -> str | None:
        broken = rule(str(value))
        return str(broken) if broken else None

    return check


def each_by(rule: Callable[[str], rules.Broken | None]) -> Check:
    """Return a check that applies a rule to each of several names, and reports the first problem."""

    def check(value: Value, _answers: AnswersSoFar) -> str | None:
        names = value if isinstance(value, tuple) else (str(value),)
        for name in names:
            broken = rule(name)
            if broken:
                return str(broken)
        return None

    return check


def token_lifetime(value: Value, _answers: AnswersSoFar) -> str | None:
    """Check a token lifetime: seconds, as a text of digits."""
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return _('"{text}" is not a valid token lifetime; type a number of seconds from 600 to 43200').format(text=text)
    broken = rules.token_lifetime(int(text))
    return str(broken) if broken else None
