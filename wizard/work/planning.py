"""A plan, with whether the operator has the permissions that it takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from wizard.engine.plan import Plan, plan
from wizard.engine.resource import Change
from wizard.modes.opened import Opened
from wizard.resources.kind import Kind
from wizard.setup.problems import BadInput
from wizard.work import preflight
from wizard.work.opening import mode_of


@dataclass(frozen=True)
class Review:
    """What an operator reviews: the plan, whether it may be carried out, and what is left to somebody else."""

    plan: Plan
    verdicts: list[preflight.Verdict]
    handover: list[str]

    @property
    def missing(self) -> list[preflight.Verdict]:
        """The permissions that the operator does not have."""
        return [verdict for verdict in self.verdicts if verdict.status == "missing"]


def review(opened: Opened, only: str | None = None) -> Review:
    """Read everything side by side, then ask for the permissions that the changes take. Raises BadInput, CloudError."""
    halves = mode_of(opened.setup).halves
    if only is not None and only not in halves:
        raise BadInput(f"--only {only} is not a part of this setup: write {' or '.join(halves)}")
    with ThreadPoolExecutor(max_workers=1) as beside:
        operator = beside.submit(opened.check_operator, only)
        found = plan(opened.resources(only), opened.clouds)
        operator.result()
    return Review(found, preflight.check(found.pending, opened.clouds), handover(opened, only))


def handover(opened: Opened, only: str | None) -> list[str]:
    """The commands for the half that is not planned here, as if nothing of it existed yet."""
    if only is None:
        return []
    other = next(half for half in mode_of(opened.setup).halves if half != only)
    changes = [Change(resource, None, resource.desired()) for resource in opened.resources(other)]
    return [command for change in changes for command in change.resource.commands(change)]


def summary(found: Plan) -> str:
    """How much there is to do, in one line."""
    counts = found.summary
    parts = [f"{counts['create']} to create", f"{counts['update'] + counts['undelete']} to change"]
    return f"{', '.join(parts)}, {counts['in_place']} in place. Nothing will be deleted."


def label(change: Change) -> str:
    """What a change is about, in one or two words."""
    return change.resource.label if isinstance(change.resource, Kind) else change.resource.name


def key_label(change: Change, key: str) -> str:
    """What people see for a key of the state that a change is about."""
    return change.resource.key_labels.get(key, key) if isinstance(change.resource, Kind) else key
