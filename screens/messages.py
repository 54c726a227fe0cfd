"""What the pages hear of the work that the bridge does for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome, Progress
    from wizard.clouds.identity import Identity
    from wizard.engine.apply import Result
    from wizard.engine.events import Event
    from wizard.modes.mode import Mode
    from wizard.modes.opened import Consent, Outcomes
    from wizard.setup.answers import Answers
    from wizard.setup.question import Choice, Found
    from wizard.work.planning import Review


class Reviewed(Message):
    """The plan was read, with the preflight's verdicts."""

    def __init__(self, reviewed: Review) -> None:
        super().__init__()
        self.reviewed = reviewed


class Applied(Message):
    """Applying has ended, in whichever way."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class EventHappened(Message):
    """Something happened to a change that is being made."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event


class TestStopped(Message):
    """The test was cancelled, and what it had put into the cloud is taken out again."""


class Detected(Message):
    """Defaults were found in files and the environment: path -> what, and where."""

    def __init__(self, found: dict[str, Found]) -> None:
        super().__init__()
        self.found = found


class Recognised(Message):
    """A cloud ("aws", "google") said who the operator is."""

    def __init__(self, cloud: str, identity: Identity) -> None:
        super().__init__()
        self.cloud = cloud
        self.identity = identity


class Listed(Message):
    """A live list was read."""

    def __init__(self, listing: str, choices: Sequence[Choice], note: str = "") -> None:
        super().__init__()
        self.listing = listing
        self.choices = tuple(choices)
        self.note = note


class Failed(Message):
    """A cloud or a check said no. `doing` says what was tried, and names the work: "review", "list aws-roles"."""

    def __init__(self, error: Exception, doing: str) -> None:
        super().__init__()
        self.error = error
        self.doing = doing


class OutcomeHappened(Message):
    """A hop of a workload's chain has an outcome. A single workload has the name ""."""

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
    """The test adds something to a cloud for its length: ask, then test with consent."""

    def __init__(self, consent: Consent) -> None:
        super().__init__()
        self.consent = consent


class Tested(Message):
    """The test has ended: the outcomes of every workload's hops."""

    def __init__(self, outcomes: Outcomes) -> None:
        super().__init__()
        self.outcomes = outcomes


class Loaded(Message):
    """A setup file was read: its mode, and the answers that make it."""

    def __init__(self, path: Path, mode: Mode, answers: Answers) -> None:
        super().__init__()
        self.path = path
        self.mode = mode
        self.answers = answers
