"""A question of the wizard, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from wizard.language import _, translated

Value = str | bool | tuple[str, ...]
"""An answer: text (kinds text and choice), true or false (flag), or several names (roles and several)."""

QuestionKind = Literal["text", "choice", "roles", "several", "flag"]
"""How a question is answered: with text, one of its choices, several roles, several names, or yes or no."""


@dataclass(frozen=True)
class Choice:
    """One choice: its value, its title, and a note that is shown beside the title."""

    value: str
    title: str
    note: str = ""
    recommended: bool = False


@dataclass(frozen=True)
class Found:
    """A default, and its source in words: "AWS profile prod", "derived from the account"."""

    value: Value
    source: str
    recommended: bool = False
    """Whether its choice is marked as recommended, which says more than the source."""


class AnswersSoFar(Protocol):
    """The answers that a question can read: those to the other questions, and the defaults found on this machine."""

    @property
    def detected(self) -> Mapping[str, Found]:
        """The defaults found on this machine, by path."""

    def get(self, path: str) -> Value | None:
        """Return the answer, else the default, else None. Raises KeyError if the mode has no such question."""

    def text(self, path: str) -> str:
        """Return the answer if it is text, else an empty text."""

    def explicit(self) -> Mapping[str, Value]:
        """Return the operator's own answers, by path."""

    def roles(self) -> tuple[str, ...]:
        """Return every role that the setup will grant."""


def _no_default(_answers: AnswersSoFar) -> Found | None:
    return None


def _no_problem(_value: Value, _answers: AnswersSoFar) -> str | None:
    return None


def _always(_answers: AnswersSoFar) -> bool:
    return True


@dataclass(frozen=True)
class Question:
    """One question. `path` is the key of its answer in a setup, or a name of its own (`trust.who`).

    `listing` names the live list of the mode that offers answers; it is read again when an answer to a question in
    `follows` changes. `detail` puts the question under "show details".
    `multiline` text has several lines. `needed` is False if the answer can be empty. The methods call the last four.
    """

    path: str
    page: str
    title: str
    help: str
    kind: QuestionKind = "text"
    choices: tuple[Choice, ...] = ()
    listing: str | None = None
    follows: tuple[str, ...] = ()
    detail: bool = False
    multiline: bool = False
    needed: bool = True
    derive: Callable[[AnswersSoFar], Found | None] = _no_default
    rule: Callable[[Value, AnswersSoFar], str | None] = _no_problem
    when: Callable[[AnswersSoFar], bool] = _always
    offers: Callable[[AnswersSoFar], tuple[Choice, ...]] | None = None

    def default(self, answers: AnswersSoFar) -> Found | None:
        """Return the default: detected on this machine, else derived from other answers, else None."""
        return answers.detected.get(self.path) or self.derive(answers)

    def check(self, value: Value | None, answers: AnswersSoFar) -> str | None:
        """Return what is wrong with an answer and how to fix it, in one sentence; None if the answer is valid."""
        if value in (None, "", ()):
            return self._unanswered() if self.needed else None
        assert value is not None
        if self.kind == "choice" and value not in [choice.value for choice in self.options(answers)]:
            return _('"{value}" is not a valid choice; choose from the list').format(value=value)
        return self.rule(value, answers)

    def shown(self, answers: AnswersSoFar) -> bool:
        """Return whether to ask the question, given the other answers."""
        return self.when(answers)

    def options(self, answers: AnswersSoFar) -> tuple[Choice, ...]:
        """Return the choices that are known without a cloud, in the language that is spoken.

        For some questions they depend on other answers.
        """
        if self.offers:
            return self.offers(answers)
        return tuple(
            replace(choice, title=translated(choice.title), note=translated(choice.note)) for choice in self.choices
        )

    def _unanswered(self) -> str:
        if self.kind == "roles":
            return _("you have not chosen a role; choose at least one role")
        if self.kind == "choice":
            return _("you have not chosen an entry; choose an entry from the list")
        return (
            _("the answer is empty; choose an entry from the list, or type a value")
            if self.listing
            else _("the answer is empty; type a value")
        )
