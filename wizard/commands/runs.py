"""`wif-wizard runs`: what was applied from this machine, newest first."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from wizard.commands import exits
from wizard.commands.output import Console
from wizard.engine.journal import Write
from wizard.engine.perform import DONE_TEXTS
from wizard.work import runs

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


def _line(write: Write, is_running: bool) -> str:
    """What came of a write. `is_running` says whether the process of its run is still at work."""
    what = f"{write.kind} {write.name.rpartition('/')[2]}"
    if write.outcome == "failed" or (write.outcome == "done" and write.error):
        return f"✗ {what}: {write.error}"
    if write.outcome == "done":
        return f"✓ {what}: {DONE_TEXTS[write.action]}"
    operation = (write.operation or "").rpartition("/")[2]
    if is_running and not operation:
        return f"… {what}: in progress"
    if is_running:
        return f"… {what}: operation {operation} is in progress"
    if operation:
        return (
            f"… {what}: the wizard stopped waiting for operation {operation}; run apply with the same setup to "
            "resume the run"
        )
    return f"? {what}: the wizard got no answer to the write; run apply with the same setup to check the result"
