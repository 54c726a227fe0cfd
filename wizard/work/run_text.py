"""What people read about a run: its age, what it was about, who started it, and its writes."""

from __future__ import annotations

from datetime import UTC, datetime

from wizard.engine.journal import Write
from wizard.engine.perform import DONE_TEXTS
from wizard.work.runs import RecordedRun

_REVERT_OF = "revert of {runs}"
_BY = "by {identities}, from {user}"
_BY_USER = "by {user}"


def about(run: RecordedRun) -> str:
    """Return what a run was about: its workload, or the runs that it reverted."""
    reverts = run.run.details.reverts
    return _REVERT_OF.format(runs=", ".join(reverts)) if reverts else run.run.title


def who(run: RecordedRun) -> str:
    """Return who started a run; empty for a run of an earlier version, which did not record that."""
    details = run.run.details
    if details.identities:
        return _BY.format(identities=", ".join(details.identities), user=details.by)
    return _BY_USER.format(user=details.by) if details.by else ""


def age(started: str, now: datetime | None = None) -> str:
    """Return how long ago something started (ISO 8601), in its largest unit."""
    seconds = int(((now or datetime.now(UTC)) - datetime.fromisoformat(started)).total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def line_of(write: Write, run: RecordedRun) -> str:
    """Return what came of a write, in one line."""
    what = f"{write.kind} {write.name.rpartition('/')[2]}"
    operation = (write.operation or "").rpartition("/")[2]
    is_running, run_id = run.run.outcome == "running", run.run.id
    if write.outcome == "failed" or (write.outcome == "done" and write.error):
        return f"✗ {what}: {write.error}"
    if write.outcome == "done":
        return f"✓ {what}: {DONE_TEXTS[write.action]}"
    if is_running and not operation:
        return f"… {what}: in progress"
    if is_running:
        return f"… {what}: operation {operation} is in progress"
    if operation:
        return (
            f"… {what}: the wizard stopped waiting for operation {operation}; to resume the run: "
            f"wif-wizard resume {run_id}"
        )
    return f"? {what}: the wizard got no answer to the write; to check the result: wif-wizard resume {run_id}"
