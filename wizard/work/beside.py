"""Refuses a run that another run of the same journal would disturb, or whose work another run has done meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from wizard.engine.journal import Details, Run
from wizard.engine.resource import Refused
from wizard.language import _

_IS_REVERTED = (
    "Run {other} is reverting run {run} at the moment. Wait until run {other} ends, then list the runs: wif-wizard runs"
)
_IS_RESUMED = (
    "Run {other} is resuming run {run} at the moment. Wait until run {other} ends, then list the runs: wif-wizard runs"
)
_IS_APPLIED = (
    "Run {other} is applying the same setup at the moment. Wait until run {other} ends, then revert run {run} again."
)
_SETUP_IS_REVERTED = (
    "Run {other} is reverting run {run} of the same setup at the moment. Wait until run {other} ends, then apply the "
    "setup again."
)
_WAS_REVERTED = (
    "The wizard changed nothing: another process (run {other}) reverted run {run} after you reviewed the plan. To "
    "list the runs: wif-wizard runs"
)
_WAS_COMPLETED = (
    "The wizard changed nothing: another process (run {other}) completed run {run} after you reviewed the plan. To "
    "list the runs: wif-wizard runs"
)


def refuse(runs: Iterable[Run], title: str, details: Details, reviewed: datetime | None = None) -> None:
    """Raise Refused if one of these runs is in the way of a new run with this title and these details.

    After the review, also if a run has done since `reviewed` what the new run is to do.
    """
    for other in runs:
        if other.outcome == "running":
            _refuse_beside(other, title, details)
        elif other.outcome == "done" and reviewed is not None and _ended(other) > reviewed:
            _refuse_after(other, details)


def _ended(run: Run) -> datetime:
    return datetime.fromisoformat(run.ended or run.started)


def _refuse_beside(other: Run, title: str, details: Details) -> None:
    reverted = _common(other.details.reverts, (*details.reverts, *details.resumes))
    resumed = _common((other.id, *other.details.resumes), (*details.resumes, *details.reverts))
    if reverted:
        raise Refused(_(_IS_REVERTED).format(other=other.id, run=reverted))
    if resumed:
        raise Refused(_(_IS_RESUMED).format(other=other.id, run=resumed))
    if other.title != title:
        return
    if details.reverts and not other.details.reverts:
        raise Refused(_(_IS_APPLIED).format(other=other.id, run=details.reverts[-1]))
    if other.details.reverts and not details.reverts:
        raise Refused(_(_SETUP_IS_REVERTED).format(other=other.id, run=other.details.reverts[-1]))


def _refuse_after(other: Run, details: Details) -> None:
    reverted = _common(other.details.reverts, (*details.reverts, *details.resumes))
    if reverted:
        raise Refused(_(_WAS_REVERTED).format(other=other.id, run=reverted))
    completed = _common(other.details.resumes, details.resumes)
    if completed:
        raise Refused(_(_WAS_COMPLETED).format(other=other.id, run=completed))


def _common(some: Iterable[str], others: Collection[str]) -> str:
    """Return the last ID that both have; empty if there is none."""
    common = [name for name in some if name in others]
    return common[-1] if common else ""
