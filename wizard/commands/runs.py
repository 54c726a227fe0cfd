"""`wif-wizard runs`: what was applied from this machine, newest first."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from wizard.commands import exits
from wizard.commands.output import Console
from wizard.engine.journal import Write
from wizard.engine.perform import DONE
from wizard.work import runs

if TYPE_CHECKING:
    from wizard.commands.formats import Runs


def run(options: argparse.Namespace) -> int:
    """List the journal's runs with the number of their writes. Raises JournalError."""
    found, console = runs.recorded(), Console()
    if options.json:
        console.answer(_answer(found), indent=2)
        return exits.DONE
    if not found:
        console.say(f"Nothing has been applied from this machine yet ({runs.journal_path()}).")
    for each in found:
        run, writes = each.run, each.writes
        console.say(f"{run.id}  {run.outcome:<11} {len(writes):>2} writes  {run.started[:19]}Z  {run.title}")
        if run.outcome != "done":
            for write in writes:
                console.say(f"    {_line(write, run.outcome == 'running')}")
    return exits.DONE


def _answer(found: list[runs.RecordedRun]) -> Runs:
    from wizard.commands import formats

    return formats.Runs(
        runs=[
            formats.Run(**asdict(each.run), writes=[formats.Write(**asdict(write)) for write in each.writes])
            for each in found
        ]
    )


def _line(write: Write, at_work: bool) -> str:
    """What came of a write; of one that nobody knows the end of, whether somebody is `at_work` on it."""
    what = f"{write.kind} {write.name.rpartition('/')[2]}"
    if write.outcome == "failed" or (write.outcome == "done" and write.error):
        return f"✗ {what}: {write.error}"
    if write.outcome == "done":
        return f"✓ {what}: {DONE[write.action]}"
    name = (write.operation or "").rpartition("/")[2]
    if at_work:
        return f"… {what}: {name or 'it'} is under way"
    if name:
        return f"… {what}: {name} was left running; apply the same setup again to go on with it"
    return f"? {what}: sent, and no answer was seen; apply the same setup again to find out"
