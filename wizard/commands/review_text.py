"""A review as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from wizard.engine.resource import Change
from wizard.modes.opened import Opened
from wizard.work.planning import Review, key_label, label, summary

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
    for check in reviewed.missing:
        yield f"  ✗ you do not have {check.needed.permission} on {check.needed.on}: {check.fix}"
    for check in reviewed.permission_checks:
        if check.status == "unknown":
            yield f"  ? {check.needed.permission} on {check.needed.on}: {check.fix}"
    yield from (f"  ! {note}" for note in opened.notes)
    if reviewed.handover:
        yield ""
        yield "Commands for the other side, for someone who has the permissions:"
        yield from (f"  {command}" for command in reviewed.handover)


def _change_lines(change: Change) -> Iterator[str]:
    yield f"  {GLYPHS[change.action]} {_WORDS[change.action]:<9} {change.resource.kind:<31} {label(change)}"
    if change.blind:
        yield f"      not read: {change.blind}"
    for key, before, after in change.fields if change.action in ("update", "undelete") else ():
        yield f"      {key_label(change, key)}: {_short(before)} -> {_short(after)}"
    if impact := change.resource.impact(change):
        yield f"      ! {impact}"


def _short(value: Any) -> str:
    return "(absent)" if value is None else value if isinstance(value, str) and value else json.dumps(value)
