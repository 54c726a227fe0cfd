"""The operator's answers, apart from the defaults that hold until there is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from wizard.setup.question import Found, Question, Value

if TYPE_CHECKING:
    from wizard.setup.sections import Setup


class AsksFor(Protocol):
    """What answers need to know of their mode: its questions, and the setup that answers to them mean."""

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question, in the order in which they are asked."""

    def setup_of(self, answers: Any) -> Setup:
        """The setup that the answers mean. Raises SetupError."""


class Answers:
    """Path -> answer: the operator's own, or else a default, detected on this machine or derived from other answers."""

    def __init__(self, mode: AsksFor, detected: Mapping[str, Found] | None = None) -> None:
        """`detected` are defaults by path, each with its source."""
        self.mode = mode
        self._by_path = {each.path: each for each in mode.questions}
        self._explicit: dict[str, Value] = {}
        self.detected: dict[str, Found] = dict(detected or {})
        self.kept: dict[str, Any] = {}
        """What a file had that no question asks for."""

    def get(self, path: str) -> Value | None:
        """The operator's answer, else the default, else None; also for a question that is not shown now.

        Raises KeyError when the mode asks no such question.
        """
        explicit = self.explicit()
        if path in explicit:
            return explicit[path]
        found = self.found(path)
        return found.value if found else None

    def text(self, path: str) -> str:
        """The answer as text, empty when there is none."""
        value = self.get(path)
        return value if isinstance(value, str) else ""

    def roles(self) -> tuple[str, ...]:
        """Every role that the setup will grant, those of further grants in a file included."""
        return (*self._chosen_roles(), *_roles_of(self.kept.get("grants", ())))

    def set(self, path: str, value: Value) -> None:
        """Answer a question. Raises KeyError when the mode asks no such question."""
        self.question(path)
        self._explicit[path] = value

    def clear(self, path: str) -> None:
        """Remove an answer: the default holds again."""
        self._explicit.pop(path, None)

    def found(self, path: str) -> Found | None:
        """The default and where it came from; None when there is none, or when the operator has answered.

        Raises KeyError when the mode asks no such question.
        """
        question = self.question(path)
        return None if path in self.explicit() else question.default(self)

    def question(self, path: str) -> Question:
        """The question with this path. Raises KeyError when the mode asks no such question."""
        return self._by_path[path]

    def on_page(self, page: str) -> tuple[Question, ...]:
        """The questions of a page, in their order; none for a page that asks nothing."""
        return tuple(each for each in self._by_path.values() if each.page == page)

    def explicit(self) -> dict[str, Value]:
        """What the operator has answered, by path."""
        return dict(self._explicit)

    def missing(self, page: str) -> list[tuple[str, str]]:
        """The questions of a page that need another answer, each with what is wrong and what to do."""
        shown = (each for each in self.on_page(page) if each.shown(self))
        return [(each.path, problem) for each in shown if (problem := each.check(self.get(each.path), self))]

    def to_setup(self) -> Setup:
        """The setup that the answers mean. SetupError has every problem, `where` being the path of its question."""
        return self.mode.setup_of(self)

    def _chosen_roles(self) -> tuple[str, ...]:
        chosen = self.get("access.roles")
        return chosen if isinstance(chosen, tuple) else ()


def _roles_of(grants: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(role for grant in grants for role in grant["roles"])
