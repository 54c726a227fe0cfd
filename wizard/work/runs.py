"""The runs that the journal knows, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wizard.engine.journal import Journal, Run, Write


@dataclass(frozen=True)
class RecordedRun:
    """A run of apply, and its writes in the order in which they were begun."""

    run: Run
    writes: list[Write]


def recorded() -> list[RecordedRun]:
    """Every run. Raises JournalError."""
    journal = Journal()
    return [RecordedRun(each, journal.writes(each.id)) for each in journal.runs()]


def journal_path() -> Path:
    """Where the journal is."""
    return Journal().path
