"""`wif-wizard runs`: the runs in the journal, newest first."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from wizard import columns
from wizard.commands import exits
from wizard.commands.output import Console
from wizard.language import _
from wizard.work import runs
from wizard.work.run_text import about, age, line_of, state_of, who
from wizard.work.runs import RecordedRun

if TYPE_CHECKING:
    from wizard.commands.formats_runs import Runs
    from wizard.engine.journal import Temporary

_WRITES = "{count:>2} writes"
_REVERTED_BY = "reverted by run {run}"
_COMPLETED_BY = "completed by run {run}"
_STATE, _COUNT, _AGE = 11, 9, 14
"""The least width of each column."""


def run(options: argparse.Namespace) -> int:
    """Print the runs in the journal. Returns the exit code. Raises JournalError."""
    found, left, console = runs.recorded(), runs.left_by_tests(), Console()
    if options.json:
        console.answer(_answer(found, left), indent=2)
        return exits.DONE
    if not found:
        journal = runs.journal_path()
        console.say(_("The journal of this machine, {journal}, contains no runs yet.").format(journal=journal))
    width = max([_STATE, *(columns.cells(state_of(each)) for each in found)])
    for each in found:
        console.say(*_shown(each, width))
    console.say(*map(runs.left_text, left))
    return exits.DONE


def _shown(each: RecordedRun, width: int) -> Iterator[str]:
    run = each.run
    state = columns.left(state_of(each), width)
    writes = columns.left(_(_WRITES).format(count=len(each.writes)), _COUNT)
    yield f"{run.id}  {state} {writes}  {columns.left(age(run.started), _AGE)} {about(each)}"
    if who(each):
        yield f"    {who(each)}"
    if each.reverted_by:
        yield "    " + _(_REVERTED_BY).format(run=each.reverted_by)
    if each.completed_by:
        yield "    " + _(_COMPLETED_BY).format(run=each.completed_by)
    if each.state in ("running", "failed", "interrupted"):
        yield from (f"    {line_of(write, each)}" for write in each.writes)


def _answer(found: list[RecordedRun], left: list[Temporary]) -> Runs:
    from wizard.commands import formats_runs as formats

    return formats.Runs(
        runs=[
            formats.Run(
                **{key: value for key, value in asdict(each.run).items() if key != "details"},
                state=each.state,
                reverted_by=each.reverted_by,
                completed_by=each.completed_by,
                details=formats.RunDetails(**asdict(each.run.details)),
                writes=[formats.Write(**asdict(write)) for write in each.writes],
            )
            for each in found
        ],
        leftovers=[formats.Leftover(kind=each.kind, name=each.name, started=each.started) for each in left],
    )
