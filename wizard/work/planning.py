"""A plan with its preflight, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from wizard.commands.exits import BadInput
from wizard.engine.plan import Plan, plan
from wizard.engine.resource import Change, owned
from wizard.resources.kind import Kind
from wizard.work import preflight
from wizard.work.opened import Opened

GLYPHS = {"create": "+", "update": "~", "undelete": "~", "none": "="}
_WORDS = {"create": "create", "update": "change", "undelete": "undelete", "none": "in place"}


@dataclass(frozen=True)
class Reviewed:
    """What an operator reviews: the plan, whether it may be carried out, and what is left to somebody else."""

    plan: Plan
    verdicts: list[preflight.Verdict]
    handover: list[str]

    @property
    def missing(self) -> list[preflight.Verdict]:
        """The permissions that the operator lacks."""
        return [verdict for verdict in self.verdicts if verdict.status == "missing"]


def review(opened: Opened, only: str | None) -> Reviewed:
    """Read everything side by side, then ask for the permissions that the changes take. Raises BadInput, CloudError."""
    if only is not None and only not in opened.HALVES:
        raise BadInput(f"--only {only} is no half of this setup: write {' or '.join(opened.HALVES)}")
    with ThreadPoolExecutor(max_workers=1) as beside:
        operator = beside.submit(opened.check_operator, only)
        found = plan(opened.resources(only), opened.clouds)
        operator.result()
    return Reviewed(found, preflight.check(found.pending, opened.clouds), handover(opened, only))


def handover(opened: Opened, only: str | None) -> list[str]:
    """The commands for the half that is not planned here, as if nothing of it were there yet."""
    if only is None:
        return []
    other = next(half for half in opened.HALVES if half != only)
    changes = [Change(resource, None, resource.desired()) for resource in opened.resources(other)]
    return [command for change in changes for command in change.resource.commands(change)]


def as_text(opened: Opened, reviewed: Reviewed) -> Iterator[str]:
    """The review in lines."""
    yield opened.title
    yield ""
    for change in reviewed.plan.changes:
        yield from _change_lines(change)
    yield ""
    yield summary(reviewed.plan)
    for verdict in reviewed.missing:
        yield f"  ✗ you lack {verdict.needed.permission} on {verdict.needed.on}: {verdict.fix}"
    for verdict in reviewed.verdicts:
        if verdict.status == "unknown":
            yield f"  ? {verdict.needed.permission} on {verdict.needed.on}: {verdict.fix}"
    yield from (f"  ! {note}" for note in opened.notes)
    if reviewed.handover:
        yield ""
        yield "The other half, for whoever may do it:"
        yield from (f"  {command}" for command in reviewed.handover)


def summary(found: Plan) -> str:
    """How much there is to do, in one line."""
    counts = found.summary
    parts = [f"{counts['create']} to create", f"{counts['update'] + counts['undelete']} to change"]
    return f"{', '.join(parts)}, {counts['in place']} in place. Nothing will be deleted."


def _change_lines(change: Change) -> Iterator[str]:
    yield f"  {GLYPHS[change.action]} {_WORDS[change.action]:<9} {change.resource.kind:<31} {label(change)}"
    if change.blind:
        yield f"      not read: {change.blind}"
    for key, before, after in change.fields if change.action in ("update", "undelete") else ():
        yield f"      {key}: {_short(before)} -> {_short(after)}"
    if impact := change.resource.impact(change):
        yield f"      ! {impact}"


def label(change: Change) -> str:
    """What a change is about, in one or two words."""
    return change.resource.label if isinstance(change.resource, Kind) else change.resource.name


def _short(value: Any) -> str:
    return "(absent)" if value is None else value if isinstance(value, str) and value else json.dumps(value)


def as_json(opened: Opened, reviewed: Reviewed) -> dict[str, Any]:
    """The review as one document."""
    return {
        "title": opened.title,
        "summary": reviewed.plan.summary,
        "changes": [_change_json(change) for change in reviewed.plan.changes],
        "permissions": [
            {
                "cloud": verdict.needed.cloud,
                "permission": verdict.needed.permission,
                "on": verdict.needed.on,
                "status": verdict.status,
                "fix": verdict.fix,
            }
            for verdict in reviewed.verdicts
        ],
        "notes": opened.notes,
        "handover": reviewed.handover,
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "kind": change.resource.kind,
        "name": change.resource.name,
        "action": change.action,
        "before": owned(change.before, change.after),
        "after": change.after,
        "fields": [{"key": key, "before": before, "after": after} for key, before, after in change.fields],
        "blind": change.blind,
        "impact": change.resource.impact(change),
        "commands": change.resource.commands(change) if change.action != "none" else [],
    }
