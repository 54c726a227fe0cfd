"""`wif-wizard runs`: what was applied from this machine, newest first."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from wizard.commands import exits
from wizard.engine.journal import Journal, Write
from wizard.engine.perform import DONE


def run(options: argparse.Namespace) -> int:
    """List the journal's runs with the number of their writes. Raises JournalError."""
    journal = Journal()
    found = journal.runs()
    if options.json:
        print(json.dumps([{**asdict(each), "writes": [asdict(w) for w in journal.writes(each.id)]} for each in found]))
        return exits.DONE
    if not found:
        print(f"Nothing was applied from here yet ({journal.path}).")
    for each in found:
        writes = journal.writes(each.id)
        print(f"{each.id}  {each.outcome:<11} {len(writes):>2} writes  {each.started[:19]}Z  {each.title}")
        if each.outcome != "done":
            for write in writes:
                print(f"    {_line(write, each.outcome == 'running')}")
    return exits.DONE


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
