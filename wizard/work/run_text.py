"""What people read about a run: its age, what it was about, who started it, and its writes."""

from __future__ import annotations

from datetime import UTC, datetime

from wizard.engine.journal import Run, Write
from wizard.engine.perform import DONE_TEXTS
from wizard.language import N_, _, translated
from wizard.modes import mode
from wizard.phrases import named
from wizard.work.runs import RecordedRun

_LEFT_RUNNING = (
    "… {what}: the wizard stopped waiting for operation {operation}; to resume the run: wif-wizard resume {run_id}"
)
_NO_ANSWER = "? {what}: the wizard got no answer to the write request; to check the result: wif-wizard resume {run_id}"
_REVERT_OF = "revert of {runs}"
_BY = "started by {user}, as {identities}"
_BY_USER = "started by {user}"
_STATES = {
    "running": N_("running"),
    "done": N_("done"),
    "failed": N_("failed"),
    "interrupted": N_("interrupted"),
    "reverted": N_("reverted"),
}
_AGES = (
    (86400, N_("1 day ago"), N_("{count} days ago")),
    (3600, N_("1 hour ago"), N_("{count} hours ago")),
    (60, N_("1 minute ago"), N_("{count} minutes ago")),
)
"""Seconds of a unit, and the ages in this unit."""


def about(run: RecordedRun) -> str:
    """Return what a run was about: its workload, or the runs that it reverted."""
    reverts = run.run.details.reverts
    return _(_REVERT_OF).format(runs=", ".join(reverts)) if reverts else title(run.run)


def title(run: Run) -> str:
    """Return the title of a run, which the journal has in English."""
    return mode.title_in_language(run.title)


def state_of(run: RecordedRun) -> str:
    """Return the state of a run in one word."""
    return translated(_STATES[run.state])


def who(run: RecordedRun) -> str:
    """Return who started a run; empty for a run of an earlier version, which did not record that."""
    details = run.run.details
    if details.identities:
        return _(_BY).format(identities=", ".join(details.identities), user=details.by)
    return _(_BY_USER).format(user=details.by) if details.by else ""


def age(started: str, now: datetime | None = None) -> str:
    """Return how long ago something started (ISO 8601), in its largest unit."""
    seconds = int(((now or datetime.now(UTC)) - datetime.fromisoformat(started)).total_seconds())
    for size, one, several in _AGES:
        if seconds >= size:
            count = seconds // size
            return translated(one if count == 1 else several).format(count=count)
    return _("just now")


def line_of(write: Write, run: RecordedRun) -> str:
    """Return what came of a write, in one line."""
    what = _what(write)
    operation = (write.operation or "").rpartition("/")[2]
    is_running, run_id = run.run.outcome == "running", run.run.id
    if write.outcome == "failed" or (write.outcome == "done" and write.error):
        return f"✗ {what}: {write.error}"
    if write.outcome == "done":
        return f"✓ {what}: {translated(DONE_TEXTS[write.action])}"
    if is_running and not operation:
        return _("… {what}: in progress").format(what=what)
    if is_running:
        return _("… {what}: operation {operation} is in progress").format(what=what, operation=operation)
    if operation:
        return _(_LEFT_RUNNING).format(what=what, operation=operation, run_id=run_id)
    return _(_NO_ANSWER).format(what=what, run_id=run_id)


def _what(write: Write) -> str:
    """Return the kind and the last part of the name; for the services of a project, the project."""
    *parents, last = write.name.split("/")
    if parents and last == "services":
        return _("{kind} in {place}").format(kind=translated(write.kind), place=parents[-1])
    return named(write.kind, last)
