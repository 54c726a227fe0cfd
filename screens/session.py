"""The state of one sitting: the answers, and what has come of them. Plain Python, no Textual."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome
    from wizard.clouds.session import Clouds
    from wizard.engine.apply import Result
    from wizard.federation.gke import ClusterName
    from wizard.setup.answers import Answers
    from wizard.setup.question import Found, Mode
    from wizard.work.opened import AwsOpened, GkeOpened
    from wizard.work.planning import Reviewed

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
        self.mode: Mode = "aws"
        """Where the workloads run. Each mode has answers of its own, which going to and fro does not lose."""
        self._answers: dict[Mode, Answers] = {}
        self.detected: dict[str, Found] = {}
        """Defaults that were found on this machine, for either mode."""
        self.source: Path | None = None
        self.saved: Path | None = None
        self.done: set[str] = set()
        """Ids of the pages that were left forward, or whose work is done."""
        self.opened: AwsOpened | GkeOpened | None = None
        self.reviewed: Reviewed | None = None
        self.result: Result | None = None
        self.outcomes: list[Outcome] = []
        self.applying = False
        """Whether changes are being made right now; `stop` asks to end after those that are running."""
        self.stop = threading.Event()
        self._clouds: tuple[tuple[str, str], Clouds] | None = None
        self._profile = self.environ.get("AWS_PROFILE")
        self._lock = threading.Lock()

    @property
    def answers(self) -> Answers:
        """The operator's answers over the defaults."""
        if self.mode not in self._answers:
            from wizard.setup.answers import Answers  # not before the first frame

            self._answers[self.mode] = Answers(self.detected, self.mode)
        return self._answers[self.mode]

    @answers.setter
    def answers(self, answers: Answers) -> None:
        self.mode = answers.mode
        self._answers[answers.mode] = answers

    def detect(self, found: Mapping[str, Found]) -> None:
        """Take over defaults that were found."""
        self.detected |= found
        for each in (self.answers, *self._answers.values()):
            each.detected.update(found)

    @property
    def begun(self) -> bool:
        """Whether anything was answered or detected yet."""
        return self.mode in self._answers

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

        wanted = (self._sound("google.project") or "-", self._sound("aws.region"))
        with self._lock:
            if self._clouds is None or self._clouds[0] != wanted:
                self._clouds = wanted, Clouds(wanted[0], wanted[1] or None, environ=self.environ)
            return self._clouds[1]

    @property
    def has_aws_keys(self) -> bool:
        """Whether AWS keys are in the environment, which come before any profile."""
        from wizard.clouds import aws_files

        return aws_files.keys_in_environment(self.environ)

    def use_profile(self, name: str) -> bool:
        """Work with another AWS profile from now on, or, with no name, with the one that was there at the start.

        Answers whether that is a change: not where keys in the environment come first, nor with a name that this
        machine's files do not have.
        """
        from wizard.clouds import aws_files

        if self.has_aws_keys:
            return False
        wanted = name or self._profile
        known = not name or name in [each.name for each in aws_files.profiles(self.environ)]
        if not known or wanted == self.environ.get("AWS_PROFILE"):
            return False
        if wanted is None:
            del self.environ["AWS_PROFILE"]
        else:
            self.environ["AWS_PROFILE"] = wanted
        with self._lock:
            self._clouds = self.opened = self.reviewed = None
        return True

    def _sound(self, path: str) -> str:
        """An answer in words; none while it is wrong, as when it is half typed."""
        from wizard.setup.questions import question

        value = self.answers.text(path)
        return "" if question(path).check(value, self.answers) else value

    @property
    def aws(self) -> AwsOpened | None:
        """The setup that is open, if it is one of a workload on AWS."""
        from wizard.work.opened import AwsOpened

        return self.opened if isinstance(self.opened, AwsOpened) else None

    @property
    def gke(self) -> GkeOpened | None:
        """The setup that is open, if it is one of workloads on GKE."""
        from wizard.work.opened import GkeOpened

        return self.opened if isinstance(self.opened, GkeOpened) else None

    @property
    def cluster(self) -> ClusterName | None:
        """The cluster that the answers name; None for as long as they do not."""
        from wizard.federation.gke import ClusterName

        names = [self.answers.text(path) for path in ("google.project", "gke.location", "gke.cluster")]
        return ClusterName(*names) if all(names) else None

    def open(self) -> AwsOpened | GkeOpened:
        """The setup of the answers, opened: the same one as before if nothing was changed since.

        Asks Google for the project's number, so it belongs into a worker. Raises SetupError with every problem,
        CloudError.
        """
        from wizard.work.opened import of_setup

        setup = self.answers.to_setup()
        elsewhere = self.aws is not None and self.aws.blueprint.config_path.parent != self.folder
        if self.opened and self.opened.setup == setup and not elsewhere:
            return self.opened
        opened = of_setup(setup, self.folder, environ=self.environ)
        self.opened, self.reviewed, self.result, self.outcomes = opened, None, None, []
        return opened
