"""`wif-wizard runs`: what was applied from this machine, newest first."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from wizard.commands import exits
from wizard.engine.journal import Journal


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
        writes = len(journal.writes(each.id))
        print(f"{each.id}  {each.outcome:<11} {writes:>2} writes  {each.started[:19]}Z  {each.title}")
    return exits.DONE
