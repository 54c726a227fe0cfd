"""What a mode supplies, and the table of modes.

A mode sets up workloads in one place, such as AWS. It has a folder in wizard/modes, whose `mode.py` defines `MODE`,
and a folder in screens/modes for its own pages. Nothing outside these two folders names a mode, and no mode imports
another.

To load a mode must not load a cloud's client, pydantic or YAML. Its methods import what they need.
"""

from __future__ import annotations

import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import wizard.modes
from wizard import language, recognised
from wizard.language import _, translated

if TYPE_CHECKING:
    from wizard.clouds.identity import Identity
    from wizard.clouds.session import Clouds
    from wizard.clouds.sessions import Sessions
    from wizard.detect.live import Listing
    from wizard.modes.opened import FoundSetup, Inventory, InventoryRow, Opened, OpenedConfiguration
    from wizard.setup.answers import Answers
    from wizard.setup.document import Path as Place
    from wizard.setup.problems import SetupProblem
    from wizard.setup.question import Found, Question
    from wizard.setup.replacing import KeyFound
    from wizard.setup.rules import Broken
    from wizard.setup.sections import Setup

FROM_INVENTORY = "from the inventory"
"""The source of an answer that follows from a workload that the operator chose in an inventory."""

Reader = Callable[["Clouds", "Answers"], "Listing"]
"""Reads a live list, which can depend on the answers. Raises CloudError."""


@dataclass(frozen=True)
class Operator:
    """The operator's identity in one cloud: its label on a screen, and a call to get it, which raises CloudError."""

    cloud: str
    label: str
    recognise: Callable[[Clouds], Identity]


def _google_operator(clouds: Clouds) -> Identity:
    from wizard.clouds.identity import google_operator

    return google_operator(clouds)


GOOGLE = Operator("google", "Your Google identity", _google_operator)
"""The operator in Google Cloud, which every mode needs."""


@dataclass(frozen=True)
class Stopping:
    """How to stop while changes are applied: the label of the button, and what happens then, in sentences."""

    label: str
    meaning: str


class Mode(ABC):
    """One mode: its texts, questions, setups, live lists and live test."""

    name: ClassVar[str]
    """The name in setup files: `mode: NAME`."""
    title: ClassVar[str]
    """Where the workloads run and what they use, for the header."""
    invitation: ClassVar[str]
    """The label of the mode on Welcome: "Set up a workload on ..."."""
    halves: ClassVar[tuple[str, str]]
    """The two parts that can be planned alone (`--only`), since two people can have the permissions for them."""
    pages: ClassVar[tuple[str, ...]]
    """The IDs of its pages in their order: NAME for a page that all modes share, MODE-NAME for one of its own."""
    facts: ClassVar[tuple[tuple[str, str], ...]]
    """The defaults from this machine that Welcome shows: the path of a question, and a label."""
    place: ClassVar[str]
    """The path of the question whose answer the header shows beside the project."""
    lists_follow: ClassVar[tuple[str, ...]]
    """The paths of the answers that live lists depend on. When one changes, the lists are read again."""
    stopping: ClassVar[Stopping]
    """How to stop while changes are applied."""
    test_needs_number: ClassVar[bool] = True
    """Whether its live test needs the project number, for which the wizard must ask Google Cloud."""
    inventories: ClassVar[re.Pattern[str] | None] = None
    """The names of the places whose workloads `inventory` lists; None if there are none."""
    setup_titles: ClassVar[tuple[str, ...]] = ()
    """The templates of the titles of its setups, in English."""
    configurations: ClassVar[str] = ""
    """The kind of credential configurations that can be tested alone, without a setup, such as "aws"."""

    # Questions and answers

    @property
    @abstractmethod
    def questions(self) -> tuple[Question, ...]:
        """Every question, in the order in which they are asked."""

    def answers(self, detected: Mapping[str, Found] | None = None) -> Answers:
        """Return empty answers. `detected` has defaults by path, each with its source."""
        from wizard.setup.answers import Answers

        return Answers(self, detected)

    @abstractmethod
    def answers_of(self, setup: Any, detected: Mapping[str, Found] | None = None) -> Answers:
        """Return the answers that give this setup. Parts that no question asks for are kept."""

    @abstractmethod
    def data(self, answers: Any) -> dict[str, Any]:
        """Return the setup that the answers describe, as plain data."""

    def setup_of(self, answers: Answers) -> Setup:
        """Return the setup that the answers describe. Raises SetupError with the path of a question in each problem."""
        from wizard.setup import load
        from wizard.setup.problems import SetupError

        try:
            return load.from_data(self.data(answers), {self.name: self})
        except SetupError as error:
            raise SetupError([self.at_question(problem) for problem in error.problems], _("this setup")) from error

    def at_question(self, problem: SetupProblem) -> SetupProblem:
        """Return the problem with the path of the question whose answer it is about."""
        return problem.without_line()

    @abstractmethod
    def about(self, answers: Any) -> str:
        """Return a short title of the setup that the answers describe."""

    # The setup file

    @abstractmethod
    def model(self) -> type[Setup]:
        """Return the type of the mode's setups."""

    def clashes(self, data: Any) -> Iterable[tuple[Place, Broken]]:  # noqa: ARG002 (most modes have none)
        """Return what is wrong between parts of a setup, given as plain data, with the path of each."""
        return ()

    def problems(self, setup: Any) -> list[SetupProblem]:  # noqa: ARG002 (some modes have none)
        """Return problems that no single line of a setup shows. Calls no cloud."""
        return []

    def keys_of(self, answers: Answers, clouds: Clouds) -> dict[str, KeyFound]:  # noqa: ARG002 (modes know)
        """Return the service account keys that the workloads of the answers use today, by the title of the workload.

        The key of a single workload is "". What cannot be read is left out. Raises CloudError.
        """
        return {}

    def find_setup(self, given: str, environ: Mapping[str, str]) -> FoundSetup | None:  # noqa: ARG002 (modes know)
        """Return the setup of the workload that a name leads to, such as an ARN; None if it leads to none.

        Raises BadInput if it is not clear which setup is meant, and CloudError.
        """
        return None

    def setup_of_configuration(
        self,
        path: Path,  # noqa: ARG002 (modes know)
        document: Mapping[str, Any],  # noqa: ARG002
        clouds: Clouds,  # noqa: ARG002
    ) -> FoundSetup | None:
        """Return the setup that a credential configuration of another kind belongs to; None if it is not of this mode.

        Raises BadInput if it is not clear which setup is meant, and CloudError.
        """
        return None

    def inventory(self, given: str, environ: Mapping[str, str]) -> Inventory | None:  # noqa: ARG002 (modes know)
        """Return how the workloads of a place reach Google Cloud today; None if the name is no place of this mode.

        Raises BadInput if it is not clear which place is meant, and CloudError.
        """
        return None

    def answers_from(
        self, inventory: Inventory, rows: Iterable[InventoryRow], detected: Mapping[str, Found] | None = None
    ) -> Answers:
        """Return answers that set up these workloads of an inventory."""
        from wizard.language import _
        from wizard.setup.question import Found

        del rows
        answers = self.answers(detected)
        answers.seen = {path: Found(value, _(FROM_INVENTORY)) for path, value in inventory.start.items()}
        return answers

    # The operator, and what exists

    @abstractmethod
    def operators(self) -> tuple[Operator, ...]:
        """Return the operator's identity in each cloud that the mode calls."""

    def found_with(self, cloud: str, identity: Identity) -> dict[str, Found]:
        """Return defaults that are derived from the operator's identity in a cloud, by the path of a question."""
        del cloud, identity
        return {}

    @abstractmethod
    def defaults(self, environ: Mapping[str, str]) -> dict[str, Found]:
        """Return defaults from this machine, by the path of a question. Calls no cloud."""

    @abstractmethod
    def readers(self) -> Mapping[str, Reader]:
        """Return the readers of the live lists that its questions name, by the name of the list."""

    # Work

    def project(self, answers: Answers) -> str:
        """Return the ID of the project that the operator's calls are charged to; empty without a valid answer."""
        return sound_answer(answers, "google.project")

    def region(self, answers: Answers) -> str:  # noqa: ARG002 (Google Cloud's calls need no region)
        """Return the region that calls to another cloud go to; empty without a valid answer."""
        return ""

    @abstractmethod
    def open(self, setup: Any, folder: Path, text: str, sessions: Sessions, *, ask_google: bool) -> Opened:
        """Return what a command needs to work on a setup, with its clouds from `sessions`. Raises CloudError.

        Relative files go to `folder`. If `ask_google` is False, the project number is not read, and UNKNOWN_NUMBER is
        used in its place.
        """

    @abstractmethod
    def chains(self, setup: Any) -> dict[str, dict[str, str]]:
        """Return the titles of the hops in the picture, by the ID of the hop, for each workload.

        The key of a workload is its title, or "" if the mode has a single workload.
        """

    def open_configuration(
        self, path: Path, document: dict[str, Any], clouds: Clouds, role: str = ""
    ) -> OpenedConfiguration:
        """Return a checked credential configuration, ready to be tested as `role` if it is given. Raises BadInput."""
        from wizard.setup.problems import BadInput

        del document, clouds, role
        raise BadInput(_("the wizard cannot test {path} without a setup: specify the setup file").format(path=path))


def sound_answer(answers: Answers, path: str) -> str:
    """Return an answer as text; empty if the answer is not valid, for example while it is typed."""
    value = answers.text(path)
    return "" if answers.question(path).check(value, answers) else value


def operators() -> dict[str, Operator]:
    """Every cloud that must know the operator in some mode, by its name."""
    return {each.cloud: each for mode in table().values() for each in mode.operators()}


def table() -> dict[str, Mode]:
    """Return every mode by its name, sorted by name."""
    return dict(_loaded(tuple(wizard.modes.__path__)))


def title_in_language(title: str) -> str:
    """Return the title of a setup, which the journal has in English, in the language that is spoken."""
    if language.current() == "en":
        return title
    templates = [template for mode in table().values() for template in mode.setup_titles]
    found = recognised.find(title, templates)
    if found is None:
        return title
    template, fields = found
    return translated(template).format(**fields)


def is_place(given: str) -> bool:
    """Return whether a name is a place whose workloads the doctor lists, such as a cluster. Calls no cloud."""
    patterns = [mode.inventories for mode in table().values() if mode.inventories is not None]
    return any(pattern.fullmatch(given) for pattern in patterns)


@cache
def _loaded(folders: tuple[str, ...]) -> dict[str, Mode]:
    names = sorted(module.name for module in pkgutil.iter_modules(folders) if module.ispkg)
    return {name: import_module(f"wizard.modes.{name}.mode").MODE for name in names}
