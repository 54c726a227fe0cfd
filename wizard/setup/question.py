"""One question of the wizard, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Value = str | bool | tuple[str, ...]
"""An answer: a text (kinds text and choice), true or false (flag), or names of roles (roles)."""

QuestionKind = Literal["text", "choice", "roles", "several", "flag"]
"""How a question is answered: with a text, one of the choices, a set of roles or of names, or yes and no."""


@dataclass(frozen=True)
class Choice:
    """One of the answers to choose from: the value, its title, and a note beside it."""

    value: str
    title: str
    note: str = ""
    recommended: bool = False


@dataclass(frozen=True)
class Found:
    """A default, and in words where it came from: "AWS profile prod", "derived from the account"."""

    value: Value
    source: str


class AnswersSoFar(Protocol):
    """What a question may read of the answers: those to the other questions, and the defaults found on this machine."""

    @property
    def detected(self) -> Mapping[str, Found]:
        """Defaults found on this machine, by path."""

    def get(self, path: str) -> Value | None:
        """The answer, else the default, else None. Raises KeyError for a path that the mode does not ask."""

    def text(self, path: str) -> str:
        """The same as text, empty when there is none."""

    def explicit(self) -> Mapping[str, Value]:
        """What the operator has answered, by path."""

    def roles(self) -> tuple[str, ...]:
        """Every role that the setup will grant."""


def _no_default(_answers: AnswersSoFar) -> Found | None:
    return None


def _no_problem(_value: Value, _answers: AnswersSoFar) -> str | None:
    return None


def _always(_answers: AnswersSoFar) -> bool:
    return True


@dataclass(frozen=True)
class Question:
    """One question: `path` is where its answer goes in a setup, or a name of its own (`trust.who`).

    `listing` names the live list of the mode that offers answers; `detail` puts it under "show details"; a
    `multiline` text has several lines; `needed` is False where an empty answer is one too. The last four are the
    functions behind the methods.
    """

    path: str
    page: str
    title: str
    help: str
    kind: QuestionKind = "text"
    choices: tuple[Choice, ...] = ()
    listing: str | None = None
    detail: bool = False
    multiline: bool = False
    needed: bool = True
    derive: Callable[[AnswersSoFar], Found | None] = _no_default
    rule: Callable[[Value, AnswersSoFar], str | None] = _no_problem
    when: Callable[[AnswersSoFar], bool] = _always
    offers: Callable[[AnswersSoFar], tuple[Choice, ...]] | None = None

    def default(self, answers: AnswersSoFar) -> Found | None:
        """What holds until it is answered: detected on this machine, else derived from other answers, else nothing."""
        return answers.detected.get(self.path) or self.derive(answers)

    def check(self, value: Value | None, answers: AnswersSoFar) -> str | None:
        """What is wrong with an answer, and what to do, in the words of the headless commands; None if nothing is."""
        if value in (None, "", ()):
            return self._unanswered() if self.needed else None
        assert value is not None
        if self.kind == "choice" and value not in [choice.value for choice in self.options(answers)]:
            return f'"{value}" is none of the choices'
        return self.rule(value, answers)

    def shown(self, answers: AnswersSoFar) -> bool:
        """Whether the question is asked at all, given the other answers."""
        return self.when(answers)

    def options(self, answers: AnswersSoFar) -> tuple[Choice, ...]:
        """The choices known without asking a cloud; for some questions they follow from other answers."""
        return self.offers(answers) if self.offers else self.choices

    def _unanswered(self) -> str:
        if self.kind == "roles":
            return "no role is chosen yet; choose at least one"
        if self.kind == "choice":
            return "nothing is chosen yet; choose one"
        return "this is empty; choose from the list, or type it" if self.listing else "this is empty; type it"
