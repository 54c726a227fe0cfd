"""The messages that the bridge posts to pages about the work that it does for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome, Progress
    from wizard.clouds.identity import Identity
    from wizard.doctor.messages import Recognised as RecognisedText
    from wizard.engine.apply import Result
    from wizard.engine.events import Event
    from wizard.engine.journal import Run
    from wizard.modes.mode import Mode
    from wizard.modes.opened import Consent, ExportedFile, Inventory, Outcomes
    from wizard.setup.answers import Answers
    from wizard.setup.question import Choice, Found
    from wizard.setup.replacing import HeldRoles, KeyFound, Replaced
    from wizard.work.diagnosing import Diagnosis
    from wizard.work.planning import Review
    from wizard.work.reverting import Revert
    from wizard.work.runs import RecordedRun
    from wizard.work.starting import Started


class Reviewed(Message):
    """The plan and the permission checks are ready."""

    def __init__(self, reviewed: Review) -> None:
        super().__init__()
        self.reviewed = reviewed


class Exported(Message):
    """The files of an export are ready. `what` is its name, such as "script"."""

    def __init__(self, what: str, files: Sequence[ExportedFile]) -> None:
        super().__init__()
        self.what, self.files = what, files


class RunsRead(Message):
    """The runs in the journal, newest first."""

    def __init__(self, runs: Sequence[RecordedRun]) -> None:
        super().__init__()
        self.runs = runs


class RevertPlanned(Message):
    """The revert of a run is planned."""

    def __init__(self, revert: Revert) -> None:
        super().__init__()
        self.revert = revert


class ResumeReady(Message):
    """The setup of a run is read, with its answers, so that the wizard can plan what is left of it."""

    def __init__(self, mode: Mode, answers: Answers, file: Path | None, run: Run) -> None:
        super().__init__()
        self.mode, self.answers, self.file, self.run = mode, answers, file, run


class Applied(Message):
    """Apply has ended: done, failed or stopped."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class EventHappened(Message):
    """A change that is being applied made progress."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event


class TestStopped(Message):
    """The test was cancelled, and everything that it added to a cloud is removed."""


class Detected(Message):
    """Defaults were detected in files and the environment. `found` maps the paths of questions to them."""

    def __init__(self, found: dict[str, Found]) -> None:
        super().__init__()
        self.found = found


class Recognised(Message):
    """A cloud ("aws", "google") identified the operator."""

    def __init__(self, cloud: str, identity: Identity) -> None:
        super().__init__()
        self.cloud = cloud
        self.identity = identity


class Listed(Message):
    """A live list was read. `note` says what it leaves out, or why it is empty."""

    def __init__(self, listing: str, choices: Sequence[Choice], note: str = "") -> None:
        super().__init__()
        self.listing = listing
        self.choices = tuple(choices)
        self.note = note


class KeysFound(Message):
    """The keys that workloads use today were looked for. They are by the title of the workload, "" for a single one."""

    def __init__(self, keys: Mapping[str, KeyFound]) -> None:
        super().__init__()
        self.keys = dict(keys)


class HeldRead(Message):
    """The roles of the service account whose key is being replaced were read, or could not be."""

    def __init__(self, account: Replaced, held: HeldRoles) -> None:
        super().__init__()
        self.account = account
        self.held = held


class Failed(Message):
    """The work failed: a cloud API or a check refused. `doing` names the work, such as "review" or "list aws-roles"."""

    def __init__(self, error: Exception, doing: str) -> None:
        super().__init__()
        self.error = error
        self.doing = doing


class OutcomeHappened(Message):
    """A hop of a workload's chain has an outcome. The name of a single workload is ""."""

    def __init__(self, outcome: Outcome, workload: str = "") -> None:
        super().__init__()
        self.outcome = outcome
        self.workload = workload


class ProgressHappened(Message):
    """A hop waits: for a recent grant to become effective, or for something else."""

    def __init__(self, progress: Progress, workload: str = "") -> None:
        super().__init__()
        self.progress = progress
        self.workload = workload


class ConsentNeeded(Message):
    """The test must add something to a cloud while it runs: ask the user, then test with consent."""

    def __init__(self, consent: Consent) -> None:
        super().__init__()
        self.consent = consent


class Tested(Message):
    """The test has ended. `outcomes` are those of all hops, by workload."""

    def __init__(self, outcomes: Outcomes) -> None:
        super().__init__()
        self.outcomes = outcomes


class Loaded(Message):
    """A setup file was read. `answers` are the answers that lead to this setup."""

    def __init__(self, path: Path, mode: Mode, answers: Answers) -> None:
        super().__init__()
        self.path = path
        self.mode = mode
        self.answers = answers


class SetupBroken(Message):
    """The sandbox of a demo has a fault now, with this title; `setup` is the file of the setup."""

    def __init__(self, title: str, setup: Path) -> None:
        super().__init__()
        self.title, self.setup = title, setup


class ProgressSaid(Message):
    """What the doctor does now, as a sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class Diagnosed(Message):
    """The doctor has looked at a workload. `started` is what it opened; None if that is not valid."""

    def __init__(self, started: Started | None, diagnosis: Diagnosis) -> None:
        super().__init__()
        self.started = started
        self.diagnosis = diagnosis


class Explained(Message):
    """The doctor has read an error text. `found` has the rules that explain it, the cause first."""

    def __init__(self, found: list[RecognisedText]) -> None:
        super().__init__()
        self.found = found


class Inventoried(Message):
    """The doctor has listed the workloads of a cluster or of an account."""

    def __init__(self, inventory: Inventory) -> None:
        super().__init__()
        self.inventory = inventory
