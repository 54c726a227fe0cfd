"""What each command can answer with --json."""

from __future__ import annotations

from wizard.commands.formats import Answer, Event, Failure, Plan, Result, Runs, Test, TestOfSeveral
from wizard.commands.formats_doctor import Diagnosis, Explanation, Inventory, Recognised
from wizard.commands.formats_export import Export, ExportedJournal

ANSWERS: dict[str, tuple[type[Answer], ...]] = {
    "plan": (Plan, Failure),
    "apply": (Event, Result, Failure),
    "test": (Test, TestOfSeveral, Failure),
    "doctor": (Diagnosis, Recognised, Inventory, Explanation, Failure),
    "export": (Export, ExportedJournal, Failure),
    "runs": (Runs, Failure),
    "resume": (Event, Result, Failure),
    "revert": (Event, Result, Failure),
    "error": (Failure,),
}
"""By command; of apply, what each line can be."""
