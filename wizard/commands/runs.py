"""`wif-wizard runs`: the runs in the journal, newest first."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from wizard.commands import exits
from wizard.commands.output import Console
from wizard.work import runs
from wizard.work.run_text import about, age, line_of, who
from wizard.work.runs import RecordedRun

if TYPE_CHECKING:
    from wizard.commands.formats import Runs


def run(options: argparse.Namespace) -> int:
    """Print the runs in the journal. Returns the exit code. Raises JournalError."""
    found, console = runs.recorded(), Console()
    if options.json:
        console.answer(_answer(found), indent=2)
        return exits.DONE
    if not found:
        journal = runs.journal_path()
        console.say(f"This machine has no runs yet. The journal is {journal}.")
    for each in found:
        console.say(*_shown(each))
    console.say(*runs.left_by_tests())
    return exits.DONE


def _shown(each: RecordedRun) -> Iterator[str]:
    run = each.run
    yield f"{run.id}  {each.state:<11} {len(each.writes):>2} writes  {age(run.started):<14} {about(each)}"
    if who(each):
        yield f"    {who(each)}"
    if each.reverted_by:
        yield f"    reverted by run {each.reverted_by}"
    if each.state in ("running", "failed", "interrupted"):
        yield from (f"    {line_of(write, each)}" for write in each.writes)


def _answer(found: list[RecordedRun]) -> Runs:
    from wizard.commands import formats

    return formats.Runs(
        runs=[
            formats.Run(
                **{key: value for key, value in asdict(each.run).items() if key != "details"},
                state=each.state,
                reverted_by=each.reverted_by,
                details=formats.RunDetails(**asdict(each.run.details)),
                writes=[formats.Write(**asdict(write)) for write in each.writes],
            )
            for each in found
        ]
    )
