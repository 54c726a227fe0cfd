"""The operator's answers, apart from the defaults that hold until there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wizard.modes.aws import answers as aws_data
from wizard.modes.gke import answers as gke_data
from wizard.setup.every_question import on_page, question
from wizard.setup.problems import SetupError
from wizard.setup.question import Found, Mode, Value

if TYPE_CHECKING:
    from wizard.modes.gke.chosen import Chosen
    from wizard.setup.load import Setup


class Answers:
    """Path -> answer: the operator's own, or else a default, detected on this machine or derived from other answers."""

    def __init__(self, detected: Mapping[str, Found] | None = None, mode: Mode = "aws") -> None:
        """`detected` are defaults by path, each with its source (wizard.detect)."""
        self.mode: Mode = mode
        self.detected: dict[str, Found] = dict(detected or {})
        self.workloads: tuple[Chosen, ...] = ()
        """The workloads chosen, on GKE; `of` has the answers about one of them."""
        self._explicit: dict[str, Value] = {}
        self.kept: dict[str, Any] = {}
        """What a file had that no question asks for."""

    @property
    def workload(self) -> Chosen | None:
        """The workload that these answers are about, if they are about one of several."""
        return None

    def of(self, place: int) -> Answers:
        """The answers about one of the workloads, over those about all of them."""
        from wizard.modes.gke.workload_answers import WorkloadAnswers

        return WorkloadAnswers(self, place)

    def get(self, path: str) -> Value | None:
        """The operator's answer, else the default, else None; also for a question that is not shown now."""
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
        if self.workloads:
            return tuple(role for place in range(len(self.workloads)) for role in self.of(place).roles())
        chosen = self.get("access.roles")
        further = [role for grant in self.kept.get("grants", []) for role in grant["roles"]]
        return (*(chosen if isinstance(chosen, tuple) else ()), *further)

    def set(self, path: str, value: Value) -> None:
        """Answer; KeyError when there is no such question."""
        question(path, self.mode)
        self._explicit[path] = value

    def clear(self, path: str) -> None:
        """Take an answer back: the default holds again."""
        self._explicit.pop(path, None)

    def found(self, path: str) -> Found | None:
        """The default and where it came from; None when there is none, or when the operator has answered."""
        if path in self.explicit() or not self.asks(path):
            return None
        return question(path, self.mode).default(self)

    def asks(self, path: str) -> bool:
        """Whether there is such a question in this mode. Raises KeyError where there is none in any."""
        try:
            question(path, self.mode)
        except KeyError:
            question(path, "gke" if self.mode == "aws" else "aws")
            return False
        return True

    def explicit(self) -> dict[str, Value]:
        """What the operator has answered, by path."""
        return dict(self._explicit)

    def missing(self, page: str) -> list[tuple[str, str]]:
        """The questions of a page that need another answer, each with what is wrong and what to do."""
        shown = (each for each in on_page(page) if each.shown(self))
        return [(each.path, problem) for each in shown if (problem := each.check(self.get(each.path), self))]

    def to_setup(self) -> Setup:
        """The setup that the answers mean. SetupError has every problem, `where` being the path of its question."""
        from wizard.modes import consistency
        from wizard.setup import load

        written = gke_data if self.mode == "gke" else aws_data
        try:
            setup = load.from_data(written.data(self))
            if problems := consistency.problems(setup):
                raise SetupError(problems)
        except SetupError as error:
            raise SetupError([written.at_question(each) for each in error.problems], "this setup") from error
        return setup

    @classmethod
    def from_setup(cls, setup: Setup, detected: Mapping[str, Found] | None = None) -> Answers:
        """The answers that make this setup; what no question asks for (further grants, probe) is kept."""
        answers = cls(detected, setup.mode)
        if setup.mode == "gke":
            gke_data.take(answers, setup)
        else:
            aws_data.take(answers, setup)
        return answers
