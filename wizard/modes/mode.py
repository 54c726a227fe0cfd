"""What a mode supplies, and the table of modes.

A mode is one way into Google Cloud. It is a folder in wizard/modes whose `mode.py` has `MODE`, and a folder in
screens/modes for the pages that are its own. Nothing outside these two names a mode; no mode imports another.

Loading a mode loads no client, no pydantic and no YAML: its methods import what they need.
"""

from __future__ import annotations

import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import wizard.modes

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome
    from wizard.clouds.identity import Identity
    from wizard.clouds.session import Clouds
    from wizard.detect.live import Listing
    from wizard.modes.opened import Listener, Opened
    from wizard.setup.answers import Answers
    from wizard.setup.document import Path as Place
    from wizard.setup.problems import SetupProblem
    from wizard.setup.question import Found, Question
    from wizard.setup.rules import Broken
    from wizard.setup.sections import Setup

Reader = Callable[["Clouds", "Answers"], "Listing"]
"""Reads a live list for some answers. Raises CloudError."""


@dataclass(frozen=True)
class Operator:
    """Who the operator is to one cloud: how a screen names that, and what asks the cloud. Asking raises CloudError."""

    cloud: str
    label: str
    recognise: Callable[[Clouds], Identity]


def _google_operator(clouds: Clouds) -> Identity:
    from wizard.clouds.identity import google_operator

    return google_operator(clouds)


GOOGLE = Operator("google", "You on Google", _google_operator)
"""Every mode ends in Google Cloud."""


@dataclass(frozen=True)
class Stopping:
    """What stopping in the middle of an apply means in this mode: the button's label, and a sentence or two."""

    label: str
    meaning: str


class Mode(ABC):
    """One way into Google Cloud."""

    name: ClassVar[str]
    """As a setup file writes it: `mode: NAME`."""
    title: ClassVar[str]
    """From where to where, for the header."""
    invitation: ClassVar[str]
    """What Welcome offers: "Set up a workload on ..."."""
    halves: ClassVar[tuple[str, str]]
    """The two parts that can be planned alone (`--only`), as different people may be allowed to do them."""
    pages: ClassVar[tuple[str, ...]]
    """The ids of its pages in their order: NAME for a page that all modes share, MODE-NAME for one of its own."""
    facts: ClassVar[tuple[tuple[str, str], ...]]
    """What Welcome shows of what it found on this machine: the path of a question, and a label."""
    place: ClassVar[str]
    """The path of the question whose answer the header shows beside the project."""
    lists_follow: ClassVar[tuple[str, ...]]
    """The paths of the answers that live lists follow: with other answers, the lists are read again."""
    reads: ClassVar[str]
    """Where a plan is read from, for people: "in AWS and in Google Cloud"."""
    stopping: ClassVar[Stopping]
    """What stopping in the middle of an apply means."""
    test_needs_number: ClassVar[bool] = True
    """Whether its live test needs the number of the project, which Google is asked for."""
    tests_configurations: ClassVar[bool] = False
    """Whether a credential configuration can be tested alone, without a setup."""

    # Questions and answers

    @property
    @abstractmethod
    def questions(self) -> tuple[Question, ...]:
        """Every question, in the order in which they are asked."""

    def answers(self, detected: Mapping[str, Found] | None = None) -> Answers:
        """No answers yet; `detected` are defaults by path, each with its source."""
        from wizard.setup.answers import Answers

        return Answers(self, detected)

    @abstractmethod
    def answers_of(self, setup: Any, detected: Mapping[str, Found] | None = None) -> Answers:
        """The answers that make this setup; what no question asks for is kept."""

    @abstractmethod
    def data(self, answers: Any) -> dict[str, Any]:
        """The setup that the answers mean, as plain data."""

    def setup_of(self, answers: Answers) -> Setup:
        """The setup that the answers mean. SetupError has every problem, `where` being the path of its question."""
        from wizard.setup import load
        from wizard.setup.problems import SetupError

        try:
            return load.from_data(self.data(answers), {self.name: self})
        except SetupError as error:
            raise SetupError([self.at_question(each) for each in error.problems], "this setup") from error

    def at_question(self, problem: SetupProblem) -> SetupProblem:
        """A problem of the setup at the path of the question whose answer it is about."""
        return problem.without_line()

    @abstractmethod
    def about(self, answers: Any) -> str:
        """What a setup is about, in a few words."""

    # The setup file

    @abstractmethod
    def model(self) -> type[Setup]:
        """The type of its setups."""

    def clashes(self, data: Any) -> Iterable[tuple[Place, Broken]]:  # noqa: ARG002 (most files have none)
        """What is wrong between parts of a setup as plain data, by the path of each."""
        return ()

    def problems(self, setup: Any) -> list[SetupProblem]:  # noqa: ARG002 (a mode may have none)
        """What no single line of a setup tells, before any cloud is asked."""
        return []

    # The operator, and what is there

    @abstractmethod
    def operators(self) -> tuple[Operator, ...]:
        """The clouds that must know the operator."""

    def found_with(self, cloud: str, identity: Identity) -> dict[str, Found]:
        """Defaults that follow from who the operator is to a cloud, by the path of a question."""
        del cloud, identity
        return {}

    @abstractmethod
    def defaults(self, environ: Mapping[str, str]) -> dict[str, Found]:
        """Defaults from this machine, by the path of a question. No cloud is asked."""

    @abstractmethod
    def readers(self) -> Mapping[str, Reader]:
        """The live lists that its questions name."""

    # Work

    def project(self, answers: Answers) -> str:
        """The project that the operator's calls are charged to, as far as it is answered; else empty."""
        return sound_answer(answers, "google.project")

    def region(self, answers: Answers) -> str:  # noqa: ARG002 (Google Cloud's calls go to no region)
        """The region that calls to another cloud go to, as far as it is answered; else empty."""
        return ""

    @abstractmethod
    def open(self, setup: Any, folder: Path, text: str, environ: Mapping[str, str], *, ask_google: bool) -> Opened:
        """What a command needs to work on a setup; `folder` is where relative files go. Raises CloudError.

        Unless `ask_google`, the number of the project is not asked for, and a word stands in its place.
        """

    @abstractmethod
    def chains(self, setup: Any) -> dict[str, dict[str, str]]:
        """Workload -> id of a hop -> its title in the picture of the chain. A single workload has the key ""."""

    def test_configuration(
        self, path: Path, environ: Mapping[str, str], wait: float, listener: Listener
    ) -> list[Outcome]:
        """Test a credential configuration alone, inside the workload. Raises BadInput."""
        from wizard.setup.problems import BadInput

        del environ, wait, listener
        raise BadInput(f"{path} cannot be tested alone: name the setup file")


def sound_answer(answers: Answers, path: str) -> str:
    """An answer as text; empty while it is wrong, as when it is half typed."""
    value = answers.text(path)
    return "" if answers.question(path).check(value, answers) else value


def operators() -> dict[str, Operator]:
    """Every cloud that must know the operator in some mode, by its name."""
    return {each.cloud: each for mode in table().values() for each in mode.operators()}


def table() -> dict[str, Mode]:
    """Every mode by its name, in the order of their names."""
    return dict(_loaded(tuple(wizard.modes.__path__)))


@cache
def _loaded(folders: tuple[str, ...]) -> dict[str, Mode]:
    names = sorted(each.name for each in pkgutil.iter_modules(folders) if each.ispkg)
    return {name: import_module(f"wizard.modes.{name}.mode").MODE for name in names}
