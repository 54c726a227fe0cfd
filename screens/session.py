"""The state of one sitting: the answers, and what has come of them. Plain Python, no Textual."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.modes.mode import Mode, table

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome
    from wizard.clouds.session import Clouds
    from wizard.engine.apply import Result
    from wizard.modes.opened import Opened
    from wizard.setup.answers import Answers
    from wizard.setup.question import Found
    from wizard.setup.sections import Setup
    from wizard.work.planning import Review

SANDBOX = "WIF_WIZARD_SANDBOX"
"""The variable that a sandbox's environment carries: the scenario's name."""

SETUP_FILE = "setup.yaml"


class Session:
    """One sitting of one operator. Read and changed by the screens; workers only read it.

    `source` is the setup file that the answers were taken from, `saved` the one that they were written to.
    """

    def __init__(
        self,
        environ: MutableMapping[str, str] | None = None,
        sandbox_title: str | None = None,
        setup: Path | None = None,
    ) -> None:
        self.environ: MutableMapping[str, str] = os.environ if environ is None else environ
        self.sandbox: str | None = sandbox_title or self.environ.get(SANDBOX) or None
        self.to_open = setup
        """A setup file named at the start, which the welcome page opens."""
        self.mode: Mode = next(iter(table().values()))
        """Where the workloads run. Each mode has answers of its own, which going to and fro does not lose."""
        self._answers: dict[str, Answers] = {}
        self.detected: dict[str, Found] = {}
        """Defaults that were found on this machine, for every mode."""
        self.source: Path | None = None
        self.saved: Path | None = None
        self.done: set[str] = set()
        """Ids of the pages that were left forward, or whose work is done."""
        self.opened: Opened | None = None
        self.reviewed: Review | None = None
        self.result: Result | None = None
        self.outcomes: list[Outcome] = []
        self.applying = False
        """Whether changes are being made right now; `stop` asks to end after those that are running."""
        self.stop = threading.Event()
        self.operators_asked_for = 0
        """How often the operator may have become somebody else: after each time, who that is must be asked again."""
        self._opened_in: Path | None = None
        self._clouds: tuple[tuple[str, str], Clouds] | None = None
        self._lock = threading.Lock()

    @property
    def answers(self) -> Answers:
        """The operator's answers over the defaults."""
        if self.mode.name not in self._answers:
            self._answers[self.mode.name] = self.mode.answers(self.detected)
        return self._answers[self.mode.name]

    def take(self, mode: Mode, answers: Answers) -> None:
        """Go on with these answers."""
        self.mode = mode
        self._answers[mode.name] = answers

    def detect(self, found: Mapping[str, Found]) -> None:
        """Take over defaults that were found."""
        self.detected |= found
        for each in (self.answers, *self._answers.values()):
            each.detected.update(found)

    @property
    def begun(self) -> bool:
        """Whether anything was answered or detected yet."""
        return self.mode.name in self._answers

    @property
    def folder(self) -> Path:
        """Where relative files go: beside the setup file, or here."""
        file = self.saved or self.source
        return file.resolve().parent if file else Path.cwd()

    @property
    def setup_path(self) -> Path:
        """Where the setup is, or would be, written."""
        return self.saved or self.source or self.folder / SETUP_FILE

    def clouds(self) -> Clouds:
        """The clouds for the answers so far: the same ones until project or region change."""
        from wizard.clouds.session import Clouds

        wanted = self.mode.project(self.answers), self.mode.region(self.answers)
        with self._lock:
            if self._clouds is None or self._clouds[0] != wanted:
                self._clouds = wanted, Clouds(wanted[0] or "-", wanted[1] or None, environ=self.environ)
            return self._clouds[1]

    def forget_clouds(self) -> None:
        """The operator's credentials are others now: open the clouds again, and ask again who the operator is."""
        self.operators_asked_for += 1
        with self._lock:
            self._clouds = self.opened = self.reviewed = None

    @property
    def setup(self) -> Setup | None:
        """The setup that is open, or that the answers mean; None for as long as they do not make one."""
        from wizard.setup.problems import SetupError

        if self.opened is not None and self.opened.setup.mode == self.mode.name:
            setup: Setup = self.opened.setup
            return setup
        try:
            return self.answers.to_setup()
        except SetupError:
            return None

    def open(self) -> Opened:
        """The setup of the answers, opened: the same one as before if nothing was changed since.

        Asks Google for the project's number, so it belongs into a worker. Raises SetupError with every problem,
        CloudError.
        """
        from wizard.work import opening

        setup, folder = self.answers.to_setup(), self.folder
        if self.opened and self.opened.setup == setup and self._opened_in in (None, folder):
            return self.opened
        opened = opening.open_in_memory(setup, folder, environ=self.environ)
        self.opened, self._opened_in = opened, folder
        self.reviewed, self.result, self.outcomes = None, None, []
        return opened
