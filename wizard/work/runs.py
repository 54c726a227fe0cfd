"""Reads the runs that the journal has recorded, and finds the one that a command is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from wizard.engine.journal import Journal, JournalError, Run, RunOutcome, Temporary, Write
from wizard.engine.resource import Refused
from wizard.language import _, translated
from wizard.modes.mode import table
from wizard.modes.opened import Opened
from wizard.setup import load
from wizard.setup.problems import BadInput
from wizard.setup.sections import Setup
from wizard.work.opening import open_half_in_memory

_NONE_TO_RESUME = "The journal {path} has no run that you can resume."
_NONE_TO_REVERT = "The journal {path} has no run that you can revert."
_NONE_TO_EXPORT = "The journal {path} has no run that you can export."
_LEFT = (
    "An interrupted live test left behind the {kind} {name}. The next `apply`, `test` or `resume` command for the "
    "setup removes this resource."
)
_RUNNING = "Run {run} is still running. Wait until it ends, or press Ctrl-C in its terminal."
_UNKNOWN = "{name} is not a run in the journal {path}. To list the runs: wif-wizard runs"
_NO_ID = "The ID of the run is empty. To list the runs: wif-wizard runs"
_SEVERAL = "Several runs have an ID that begins with {name}: {runs}. Enter the full ID."


RunState: TypeAlias = RunOutcome | Literal["reverted"]

_UNFINISHED = ("failed", "interrupted")


@dataclass(frozen=True)
class RecordedRun:
    """A run, its writes in the order in which they started, the run that reverted it, and the one that completed it."""

    run: Run
    writes: list[Write]
    reverted_by: str | None = None
    completed_by: str | None = None

    @property
    def state(self) -> RunState:
        """The outcome; reverted or done if another run has reverted or completed it."""
        if self.reverted_by:
            return "reverted"
        return "done" if self.completed_by else self.run.outcome

    @property
    def is_unfinished(self) -> bool:
        """Whether there is something to resume."""
        return self.state in _UNFINISHED


def recorded() -> list[RecordedRun]:
    """Return all runs, newest first. Raises JournalError."""
    journal = Journal()
    runs = journal.runs()
    reverted: dict[str, str] = {}
    completed: dict[str, str] = {}
    for run in runs:
        if run.outcome == "done":
            reverted |= dict.fromkeys(run.details.reverts, run.id)
            completed |= dict.fromkeys(run.details.resumes, run.id)
    return [
        RecordedRun(run, journal.writes(run.id), reverted.get(run.id), _completed_by(run, reverted, completed))
        for run in runs
    ]


def _completed_by(run: Run, reverted: Mapping[str, str], completed: Mapping[str, str]) -> str | None:
    """Return the run that completed this one: that resumed it, or reverted everything that this one had to revert."""
    if run.outcome not in _UNFINISHED:
        return None
    others = {reverted.get(name) for name in run.details.reverts}
    return completed.get(run.id) or (others.pop() if len(others) == 1 else None)


def parts_of(run: Run) -> list[Run]:
    """Return a run with the runs that it resumes and that resume it, oldest first. Raises JournalError."""
    first = _first_part(run)
    return [other for other in reversed(Journal().runs()) if _first_part(other) == first]


def _first_part(run: Run) -> str:
    return run.details.resumes[0] if run.details.resumes else run.id


def unfinished() -> RecordedRun | None:
    """Return the newest run if it did not end as it should; None otherwise. Raises JournalError."""
    newest = recorded()[:1]
    return newest[0] if newest and newest[0].is_unfinished else None


def find_to_resume(name: str | None) -> RecordedRun:
    """Return the run with an ID, or with one that begins so; the newest unfinished one without a name.

    Raises BadInput and JournalError.
    """
    runs = recorded()
    if name is not None:
        return _named(runs, name)
    chosen = [run for run in runs if run.is_unfinished]
    if not chosen:
        raise BadInput(_(_NONE_TO_RESUME).format(path=journal_path()))
    return chosen[0]


def find_to_revert(name: str | None) -> RecordedRun:
    """Return the run with an ID, or with one that begins so; the newest one that can be reverted without a name.

    Raises BadInput and JournalError.
    """
    runs = recorded()
    if name is not None:
        return _named(runs, name)
    chosen = [run for run in runs if run.state != "reverted" and not run.run.details.reverts and run.writes]
    if not chosen:
        raise BadInput(_(_NONE_TO_REVERT).format(path=journal_path()))
    return chosen[0]


def _named(runs: list[RecordedRun], name: str) -> RecordedRun:
    if not name:
        raise BadInput(_(_NO_ID))
    found = [run for run in runs if run.run.id == name] or [run for run in runs if run.run.id.startswith(name)]
    if not found:
        raise BadInput(_(_UNKNOWN).format(name=name, path=journal_path()))
    if len(found) > 1:
        raise BadInput(_(_SEVERAL).format(name=name, runs=", ".join(run.run.id for run in found)))
    return found[0]


def refuse_running(run: Run) -> None:
    """Raise Refused for a run whose process is still at work."""
    if run.outcome == "running":
        raise Refused(_(_RUNNING).format(run=run.id))


def read_setup(run: Run) -> Setup:
    """Return the setup of a run, as the journal has it. Raises SetupError."""
    return load.loads(run.setup, table(), _("setup of run {run}").format(run=run.id))


def open_run(run: Run, environ: Mapping[str, str] | None = None) -> Opened:
    """Open the setup of a run, or the half that it applied, as the journal has it. Raises SetupError and CloudError."""
    folder = Path(run.details.folder or ".")
    return open_half_in_memory(read_setup(run), run.details.only, folder, run.setup, environ)


def export(setup: str | None, path: Path) -> list[str]:
    """Write the runs of a setup file, or all runs, to a new journal. Returns their IDs, oldest first.

    Raises BadInput if there is none, and JournalError.
    """
    found = [each.run for each in recorded() if setup is None or is_of_file(each.run, Path(setup))]
    if not found:
        raise BadInput(_(_NONE_TO_EXPORT).format(path=journal_path()))
    ids = [run.id for run in reversed(found)]
    Journal().copy(ids, path)
    return ids


def of_file(file: Path) -> list[tuple[Run, list[Write]]]:
    """Return the runs of a setup file with their writes, oldest first; none if there is no journal that can be read."""
    try:
        found = recorded()
    except JournalError:
        return []
    return [(each.run, each.writes) for each in reversed(found) if is_of_file(each.run, file)]


def is_of_file(run: Run, file: Path) -> bool:
    """Return whether a run is of this setup file."""
    details = run.details
    return bool(details.file) and details.folder == str(file.resolve().parent) and Path(details.file).name == file.name


def left_by_tests() -> list[Temporary]:
    """Return what live tests of this machine left that were killed, the oldest first. Raises JournalError."""
    return Journal().abandoned()


def left_text(left: Temporary) -> str:
    """Return one sentence about what a killed live test left."""
    return _(_LEFT).format(kind=translated(left.kind), name=left.name)


def journal_path() -> Path:
    """Return the path of the journal."""
    return Journal().path
