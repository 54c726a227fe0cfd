"""The state of a run of the wizard: the answers, and the results of the work. Does not use Textual."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.clouds.endpoints import SANDBOX
from wizard.modes.mode import Mode, table

if TYPE_CHECKING:
    from wizard.chain.hop import Verdict
    from wizard.clouds.session import Clouds
    from wizard.engine.apply import Result
    from wizard.engine.journal import Run
    from wizard.modes.opened import Opened
    from wizard.setup.answers import Answers
    from wizard.setup.question import Found
    from wizard.setup.sections import Setup
    from wizard.work.demo import Demo
    from wizard.work.planning import Review

SETUP_FILE = "setup.yaml"
"""The default name of a setup file."""

DRAFT = "setup.draft.yaml"
"""The name of the file for answers that the user did not save."""


class Session:
    """The state of a run of the wizard. Screens read and change it; workers only read it.

    `source` is the setup file from which the answers were read, `saved` the one to which they were written.
    """

    def __init__(
        self,
        environ: MutableMapping[str, str] | None = None,
        demo: Demo | None = None,
        setup: Path | None = None,
    ) -> None:
        self.environ: MutableMapping[str, str] = os.environ if environ is None else environ
        self.demo = demo
        """The scenario of the demo that the wizard shows; None if it is not a demo."""
        self.sandbox: str | None = (demo.title if demo else self.environ.get(SANDBOX)) or None
        self.to_open = setup
        """The setup file from the command line, which the Welcome page opens."""
        self.to_diagnose: Path | str | None = None
        """The credential configuration, or the cluster or account, that the Doctor page opens first."""
        self.to_set_up: tuple[str, ...] = ()
        """The workloads of this cluster or account that the command line chose, by their keys in the inventory."""
        self.mode: Mode = next(iter(table().values()))
        """The current mode. Each mode has its own answers, which are kept when the user changes the mode."""
        self._answers: dict[str, Answers] = {}
        self.detected: dict[str, Found] = {}
        """The defaults that were detected on this machine, for all modes."""
        self.source: Path | None = None
        self.saved: Path | None = None
        self.done: set[str] = set()
        """The ids of the pages that are complete."""
        self.opened: Opened | None = None
        self.reviewed: Review | None = None
        self.result: Result | None = None
        self.verdict: Verdict | None = None
        """The verdict of the last live test of the open setup; None before it."""
        self.last_run: Result | None = None
        """The result of the last run that this wizard recorded in the journal; None before it."""
        self.confirmed: set[str] = set()
        """The subjects of the temporary changes for live tests that the user confirmed."""
        self.fixing = False
        """Whether the answers are a setup that the doctor fixes: the live test then follows the fix."""
        self._resumed: tuple[Run, Setup] | None = None
        self.applying = False
        """Whether changes are being applied. Set `stop` to stop after the running ones."""
        self.stop = threading.Event()
        self.credential_changes = 0
        """How often the operator's credentials have changed. Each change needs a new identification."""
        self._opened_in: Path | None = None
        self._clouds: tuple[tuple[str, str], Clouds] | None = None
        self._lock = threading.Lock()

    @property
    def answers(self) -> Answers:
        """The answers of the current mode, with defaults for questions that have no answer."""
        if self.mode.name not in self._answers:
            self._answers[self.mode.name] = self.mode.answers(self.detected)
        return self._answers[self.mode.name]

    def take(self, mode: Mode, answers: Answers) -> None:
        """Replace mode and answers."""
        if self._resumed is not None:
            self._resumed = self.opened = self.reviewed = None  # a half can be open without the project's number
        self.mode = mode
        self.fixing = False
        self._answers[mode.name] = answers

    def resume(self, run: Run) -> None:
        """Resume a run, whose setup the answers are, until they change."""
        self._resumed = run, self.answers.to_setup()
        self.opened = self.reviewed = None

    @property
    def resumed(self) -> Run | None:
        """The run that the answers resume; None if they are not the setup of a run, or not any more."""
        if self._resumed is None:
            return None
        run, setup = self._resumed
        return run if self._answered == setup else None

    @property
    def half(self) -> str | None:
        """The half of the setup that is planned and applied; None for both."""
        return self.resumed.details.only if self.resumed else None

    def detect(self, found: Mapping[str, Found]) -> None:
        """Add detected defaults."""
        self.detected |= found
        for answers in (self.answers, *self._answers.values()):
            answers.detected.update(found)

    @property
    def has_answers(self) -> bool:
        """Whether anything was answered or detected yet."""
        return self.mode.name in self._answers

    @property
    def folder(self) -> Path:
        """The folder for relative paths: that of the setup file, or the current one."""
        file = self.saved or self.source
        if file is None and self._resumed is not None:
            return Path(self._resumed[0].details.folder or ".").absolute()
        return file.resolve().parent if file else Path.cwd()

    @property
    def setup_path(self) -> Path:
        """The path to which the setup is saved. A draft is saved as a setup file of its own."""
        file = self.saved or self.source
        return self.folder / SETUP_FILE if file is None or is_draft(file) else file

    def end_run(self, result: Result) -> None:
        """Remember the result of a run, unless there was nothing to do."""
        if result.run is not None:
            self.last_run = result

    def clouds(self) -> Clouds:
        """Return the sessions for the current answers. They are the same until project or region change."""
        from wizard.clouds.session import Clouds

        project, region = self.mode.project(self.answers), self.mode.region(self.answers)
        with self._lock:
            if self._clouds is None or self._clouds[0] != (project, region):
                self._clouds = (project, region), Clouds(project or "-", region or None, environ=self.environ)
            return self._clouds[1]

    def forget_clouds(self) -> None:
        """Start new sessions on next use, because the operator's credentials changed."""
        self.credential_changes += 1
        with self._lock:
            self._clouds = self.opened = self.reviewed = None

    @property
    def setup(self) -> Setup | None:
        """The open setup, or the one of the answers; None if the answers do not make a valid setup yet."""
        if self.opened is not None and self.opened.setup.mode == self.mode.name:
            setup: Setup = self.opened.setup
            return setup
        return self._answered

    @property
    def _answered(self) -> Setup | None:
        """The setup of the answers; None if they do not make a valid setup yet."""
        from wizard.setup.problems import SetupError

        try:
            return self.answers.to_setup()
        except SetupError:
            return None

    def open(self) -> Opened:
        """Open the setup of the answers. Returns the same object as before if the answers have not changed.

        Call it in a worker, because it reads the number of the project from Google. Raises SetupError with all
        problems, and CloudError.
        """
        from wizard.work import opening

        setup, folder = self.answers.to_setup(), self.folder
        if self.opened and self.opened.setup == setup and self._opened_in in (None, folder):
            return self.opened
        opened = opening.open_half_in_memory(setup, self.half, folder, environ=self.environ)
        self.opened, self._opened_in = opened, folder
        self.reviewed = self.result = self.verdict = None
        return opened


def newest_draft(folder: Path) -> Path | None:
    """Return the draft in a folder that was written last; None if there is none."""
    drafts = [path for path in folder.glob("setup.draft*.yaml") if path.is_file()]
    return max(drafts, key=lambda path: path.stat().st_mtime, default=None)


def is_draft(file: Path) -> bool:
    """Return whether a file is a draft, by its name."""
    return file.match("setup.draft*.yaml")
