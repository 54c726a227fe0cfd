"""The checks behind the questions: the rules of the headless commands, in one sentence each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wizard.setup import derived, products, rules
from wizard.setup.question import Value

if TYPE_CHECKING:
    from wizard.setup.answers import Answers

Rule = Callable[[Value, "Answers"], str | None]
"""What is wrong with a value, given the other answers."""


def by(rule: Callable[[str], rules.Broken | None]) -> Rule:
    """A check of a text by one of the APIs' limits."""

    def check(value: Value, _answers: Answers) -> str | None:
        broken = rule(str(value))
        return str(broken) if broken else None

    return check


def roles(value: Value, _answers: Answers) -> str | None:
    """The first name that is no role."""
    names = value if isinstance(value, tuple) else (str(value),)
    return next((str(broken) for name in names if (broken := rules.role(name))), None)


def via(value: Value, answers: Answers) -> str | None:
    """Direct access, where a federated identity is refused."""
    if value != "direct" or not (found := direct_problem(answers)):
        return None
    return f"{found}; choose a service account"


def direct_problem(answers: Answers) -> str | None:
    """Why the workload cannot act by itself: a perimeter, or a chosen role that needs a service account."""
    return products.service_account_reason(answers.roles(), answers.get("access.perimeter") is True)


def token_lifetime(value: Value, _answers: Answers) -> str | None:
    """Seconds, as a text of digits."""
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return f'"{text}" is no number of seconds; write 600 to 43200'
    broken = rules.token_lifetime(int(text))
    return str(broken) if broken else None


def mapping(value: Value, _answers: Answers) -> str | None:
    """Lines KEY=EXPRESSION that compile and map the role."""
    from wizard.modes import consistency

    found = derived.mapping_of(str(value))
    if "" in found:
        return f'"{found[""].splitlines()[0]}" maps nothing; write lines such as google.subject=assertion.arn'
    return next((f"{each.what}; {each.fix}" for each in consistency.mapping_problems(found)), None)


def condition(value: Value, _answers: Answers) -> str | None:
    """A CEL expression that compiles."""
    from wizard.modes import consistency

    return next((f"{each.what}; {each.fix}" for each in consistency.condition_problems(str(value))), None)
