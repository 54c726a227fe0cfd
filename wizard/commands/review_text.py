"""A review as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from wizard.engine.resource import Change, owned
from wizard.modes.opened import Opened
from wizard.work.planning import Review, label, summary

GLYPHS = {"create": "+", "update": "~", "undelete": "~", "none": "="}
_WORDS = {"create": "create", "update": "change", "undelete": "undelete", "none": "in place"}


def as_text(opened: Opened, reviewed: Review) -> Iterator[str]:
    """The review in lines."""
    yield opened.title
    yield ""
    for change in reviewed.plan.changes:
        yield from _change_lines(change)
    yield ""
    yield summary(reviewed.plan)
    for verdict in reviewed.missing:
        yield f"  ✗ you do not have {verdict.needed.permission} on {verdict.needed.on}: {verdict.fix}"
    for verdict in reviewed.permission_checks:
        if verdict.status == "unknown":
            yield f"  ? {verdict.needed.permission} on {verdict.needed.on}: {verdict.fix}"
    yield from (f"  ! {note}" for note in opened.notes)
    if reviewed.handover:
        yield ""
        yield "Commands for the other half, for someone who has the permissions:"
        yield from (f"  {command}" for command in reviewed.handover)


def _change_lines(change: Change) -> Iterator[str]:
    yield f"  {GLYPHS[change.action]} {_WORDS[change.action]:<9} {change.resource.kind:<31} {label(change)}"
    if change.blind:
        yield f"      not read: {change.blind}"
    for key, before, after in change.fields if change.action in ("update", "undelete") else ():
        yield f"      {key}: {_short(before)} -> {_short(after)}"
    if impact := change.resource.impact(change):
        yield f"      ! {impact}"


def _short(value: Any) -> str:
    return "(absent)" if value is None else value if isinstance(value, str) and value else json.dumps(value)


def as_json(opened: Opened, reviewed: Review) -> dict[str, Any]:
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
            for verdict in reviewed.permission_checks
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
