"""`wif-wizard runs`: the runs in the journal, newest first."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
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
        console.say(f"No runs on this machine yet. The journal is {journal}.")
    for each in found:
        console.say(*_shown(each))
    return exits.DONE


def _shown(each: runs.RecordedRun) -> Iterator[str]:
    run, details = each.run, each.run.details
    what = f"revert of {', '.join(details.reverts)}" if details.reverts else run.title
    yield f"{run.id}  {each.state:<11} {len(each.writes):>2} writes  {_age(run.started):<14} {what}"
    who = ", ".join(details.identities) or details.by
    if who:
        yield f"    by {who}{f', from {details.by}' if details.identities else ''}"
    if each.reverted_by:
        yield f"    reverted by run {each.reverted_by}"
    if each.state in ("running", "failed", "interrupted"):
        for write in each.writes:
            yield f"    {_line(write, run.outcome == 'running', run.id)}"


def _age(started: str, now: datetime | None = None) -> str:
    """Return how long ago something started, in its largest unit."""
    seconds = int(((now or datetime.now(UTC)) - datetime.fromisoformat(started)).total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _answer(found: list[runs.RecordedRun]) -> Runs:
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


def _line(write: Write, is_running: bool, run: str) -> str:
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
            f"… {what}: the wizard stopped waiting for operation {operation}; to resume the run: "
            f"wif-wizard resume {run}"
        )
    return f"? {what}: the wizard got no answer to the write; to check the result: wif-wizard resume {run}"
