"""Reads the runs that the journal has recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wizard.engine.journal import Journal, Run, Write


@dataclass(frozen=True)
class RecordedRun:
    """A run of apply, and its writes in the order in which they started."""

    run: Run
    writes: list[Write]


def recorded() -> list[RecordedRun]:
    """Return all runs, newest first. Raises JournalError."""
    journal = Journal()
    return [RecordedRun(run, journal.writes(run.id)) for run in journal.runs()]


def journal_path() -> Path:
    """Return the path of the journal."""
    return Journal().path
