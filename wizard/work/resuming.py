"""Resumes a run that failed or was interrupted: plans its setup again, and applies what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from wizard.engine.journal import Journal, Run
from wizard.language import _
from wizard.setup import load
from wizard.setup.problems import BadInput
from wizard.work import applying, beside, reverting, runs
from wizard.work.reverting import Revert

_OTHER_TEXT = (
    "The file {file} has changed since run {run}. The wizard resumes the run with its original setup. To apply the "
    "changed file: wif-wizard apply {file}"
)
_OPERATION = "The operation {operation} on the {kind} {name} continued in the cloud after the run ended."


def find(name: str | None) -> Run:
    """Return the run with this ID, or the newest one that can be resumed. Raises BadInput, Refused, JournalError."""
    run = runs.find_to_resume(name).run
    runs.refuse_running(run)
    beside.refuse(Journal().runs(), run.title, applying.details_again(run))
    return run


def notes(run: Run) -> list[str]:
    """Return what is worth knowing before a run is resumed, one sentence each. Raises JournalError."""
    found = [
        _(_OPERATION).format(operation=write.operation.rpartition("/")[2], kind=write.kind, name=write.name)
        for write in Journal().writes(run.id)
        if write.outcome == "started" and write.operation
    ]
    file = file_of(run)
    if file is not None:
        try:
            text = load.read_text(file)
        except BadInput:
            return found
        if text != run.setup:
            found.append(_(_OTHER_TEXT).format(file=run.details.file, run=run.id))
    return found


def file_of(run: Run) -> Path | None:
    """Return the path of the setup file of a run; None if there is no such file any more."""
    file = Path(run.details.folder) / Path(run.details.file).name
    return file if run.details.file and file.is_file() else None


def revert(run: Run, environ: Mapping[str, str] | None = None) -> Revert:
    """Plan what is left of a run that reverts others, and close the run if nothing is left.

    Raises what `reverting.review` raises.
    """
    planned = reverting.review_runs(run.details.reverts, services=run.details.services, environ=environ)
    if planned.review.plan.empty and not planned.is_incomplete:
        close(run)
    return replace(planned, resumes=applying.resumed_with(run))


def close(run: Run) -> None:
    """Record that everything of a run, and of the runs that it resumes, is in place. Raises JournalError."""
    for name in applying.resumed_with(run):
        Journal().end(name, "done")
