"""What each command can answer with --json."""

from __future__ import annotations

from wizard.commands.formats import Answer, Event, Failure, Plan, Result, Test, TestOfSeveral
from wizard.commands.formats_doctor import Diagnosis, Explanation, Inventory, Recognised
from wizard.commands.formats_export import Export, ExportedJournal
from wizard.commands.formats_runs import Runs
from wizard.commands.formats_several import AppliedSetups, Diagnoses, NextSetup, Plans, Tests

ANSWERS: dict[str, tuple[type[Answer], ...]] = {
    "plan": (Plan, Plans, Failure),
    "apply": (Event, Result, NextSetup, AppliedSetups, Failure),
    "test": (Test, TestOfSeveral, Tests, Failure),
    "doctor": (Diagnosis, Diagnoses, Recognised, Inventory, Explanation, Failure),
    "export": (Export, ExportedJournal, Failure),
    "runs": (Runs, Failure),
    "resume": (Event, Result, Failure),
    "revert": (Event, Result, Failure),
    "error": (Failure,),
}
"""By command; of apply, what each line can be."""
