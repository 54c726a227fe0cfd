"""`wif-wizard runs`: what was applied from this machine, newest first."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from wizard.commands import exits
from wizard.engine.journal import Write
from wizard.engine.perform import DONE_TEXTS
from wizard.work import runs


def run(options: argparse.Namespace) -> int:
    """List the journal's runs with the number of their writes. Raises JournalError."""
    found = runs.recorded()
    if options.json:
        print(json.dumps([{**asdict(each.run), "writes": [asdict(w) for w in each.writes]} for each in found]))
        return exits.DONE
    if not found:
        print(f"Nothing has been applied from this machine yet ({runs.journal_path()}).")
    for each in found:
        run, writes = each.run, each.writes
        print(f"{run.id}  {run.outcome:<11} {len(writes):>2} writes  {run.started[:19]}Z  {run.title}")
        if run.outcome != "done":
            for write in writes:
                print(f"    {_line(write, run.outcome == 'running')}")
    return exits.DONE


def _line(write: Write, at_work: bool) -> str:
    """What came of a write; of one that nobody knows the end of, whether somebody is `at_work` on it."""
    what = f"{write.kind} {write.name.rpartition('/')[2]}"
    if write.outcome == "failed" or (write.outcome == "done" and write.error):
        return f"✗ {what}: {write.error}"
    if write.outcome == "done":
        return f"✓ {what}: {DONE_TEXTS[write.action]}"
    name = (write.operation or "").rpartition("/")[2]
    if at_work:
        return f"… {what}: {name or 'it'} is under way"
    if name:
        return f"… {what}: {name} was left running; apply the same setup again to go on with it"
    return f"? {what}: sent, and no answer was seen; apply the same setup again to find out"
