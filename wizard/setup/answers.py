"""The operator's answers, and the defaults that apply until there is an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from wizard.setup.question import Found, Question, Value

if TYPE_CHECKING:
    from wizard.setup.sections import Setup


class AsksFor(Protocol):
    """What `Answers` needs from a mode: its questions, and how answers become a setup."""

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question, in the order in which they are asked."""

    def setup_of(self, answers: Any) -> Setup:
        """Return the setup that the answers describe. Raises SetupError."""


class Answers:
    """The answer to each question, by path: the operator's own, or a default that was detected or derived."""

    def __init__(self, mode: AsksFor, detected: Mapping[str, Found] | None = None) -> None:
        """`detected` has the defaults found on this machine, by path, each with its source."""
        self.mode = mode
        self._by_path = {question.path: question for question in mode.questions}
        self._explicit: dict[str, Value] = {}
        self.detected: dict[str, Found] = dict(detected or {})
        self.seen: dict[str, Found] = {}
        """The answers that follow from what the operator chose before, such as a workload in an inventory, by path.

        They come before defaults, and an answer or `clear` replaces them."""
        self.kept: dict[str, Any] = {}
        """The parts of a setup file that no question asks for."""

    def get(self, path: str) -> Value | None:
        """Return the operator's answer, else the default, else None; also for a question that is not shown now.

        Raises KeyError if the mode has no such question.
        """
        explicit = self.explicit()
        if path in explicit:
            return explicit[path]
        default = self.found(path)
        return default.value if default else None

    def text(self, path: str) -> str:
        """Return the answer if it is text, else an empty text."""
        value = self.get(path)
        return value if isinstance(value, str) else ""

    def roles(self) -> tuple[str, ...]:
        """Return every role that the setup will grant, including the grants that only its file has."""
        return (*self._chosen_roles(), *_roles_of(self.kept.get("grants", ())))

    def set(self, path: str, value: Value) -> None:
        """Store the answer to a question. Raises KeyError if the mode has no such question."""
        self.question(path)
        self._explicit[path] = value

    def clear(self, path: str) -> None:
        """Remove an answer, so that the default applies again."""
        self._explicit.pop(path, None)
        self.see(path, None)

    def found(self, path: str) -> Found | None:
        """Return the default and its source; None if there is none, or if the operator has answered.

        Raises KeyError if the mode has no such question.
        """
        question = self.question(path)
        if path in self.explicit():
            return None
        return self.seen_at(path) or question.default(self)

    def see(self, path: str, found: Found | None) -> None:
        """Store what follows from what the operator chose; None removes it."""
        if found is None:
            self.seen.pop(path, None)
        else:
            self.seen[path] = found

    def seen_at(self, path: str) -> Found | None:
        """Return what follows from what the operator chose; None if nothing does."""
        return self.seen.get(path)

    def question(self, path: str) -> Question:
        """Return the question with this path. Raises KeyError if the mode has no such question."""
        return self._by_path[path]

    def on_page(self, page: str) -> tuple[Question, ...]:
        """Return the questions of a page, in their order; empty for a page without questions."""
        return tuple(question for question in self._by_path.values() if question.page == page)

    def explicit(self) -> dict[str, Value]:
        """Return the operator's own answers, by path."""
        return dict(self._explicit)

    def missing(self, page: str) -> list[tuple[str, str]]:
        """Return the path and the problem of each question on a page that does not have a valid answer."""
        missing = []
        for question in self.on_page(page):
            problem = question.check(self.get(question.path), self) if question.shown(self) else None
            if problem:
                missing.append((question.path, problem))
        return missing

    def to_setup(self) -> Setup:
        """Return the setup that the answers describe. Raises SetupError with the path of a question in each problem."""
        return self.mode.setup_of(self)

    def _chosen_roles(self) -> tuple[str, ...]:
        chosen = self.get("access.roles")
        return chosen if isinstance(chosen, tuple) else ()


def _roles_of(grants: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(role for grant in grants for role in grant["roles"])
