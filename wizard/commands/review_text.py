"""A review as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wizard.engine.resource import Change, at, leaves
from wizard.engine.revert import Reverted
from wizard.modes.opened import Opened
from wizard.outside.text import value_text
from wizard.work.handing_over import Handover
from wizard.work.planning import Review, key_label, label, notes, patch_text, summary

GLYPHS = {"create": "+", "update": "~", "undelete": "~", "delete": "-", "none": "="}
_WORDS = {"create": "create", "update": "change", "undelete": "undelete", "delete": "delete", "none": "in place"}

_REMOVES = "removes {key} from {member}"


def as_text(opened: Opened, reviewed: Review) -> Iterator[str]:
    """The review in lines."""
    yield opened.title
    yield ""
    yield from changes(reviewed)
    yield ""
    yield summary(reviewed.plan)
    for check in reviewed.missing:
        yield f"  ✗ you do not have {check.needed.permission} on {check.needed.on}: {check.fix}"
    for check in reviewed.permission_checks:
        if check.status == "unknown":
            yield f"  ? {check.needed.permission} on {check.needed.on}: {check.fix}"
    yield from (f"  ! {note}" for note in opened.notes)
    yield from _left_lines(reviewed)
    yield from _handover_lines(reviewed.handover)


def changes(reviewed: Review) -> Iterator[str]:
    """The changes of a plan in lines, below what others lose by it."""
    if reviewed.losses:
        yield "Others lose access by this plan:"
        yield from (f"  ✗ {_title(loss.change)}: {loss.text}" for loss in reviewed.losses)
        yield ""
    for change in reviewed.plan.changes:
        yield from _change_lines(change)


def _change_lines(change: Change) -> Iterator[str]:
    yield f"  {GLYPHS[change.action]} {_WORDS[change.action]:<9} {change.resource.kind:<31} {label(change)}"
    if change.blind:
        yield f"      not read: {change.blind}"
    if isinstance(change.resource, Reverted):
        yield from (f"      {line}" for line in _taken_back(change))
    elif change.action in ("update", "undelete"):
        for key, before, after in change.fields:
            yield f"      {key_label(change, key)}: {_short(before)} -> {_short(after)}"
    if impact := change.resource.impact(change):
        yield f"      ! {impact}"
    yield from (f"      ! {gain}" for gain in change.resource.gains(change))
    yield from (f"      · {note}" for note in notes(change))


def _taken_back(change: Change) -> Iterator[str]:
    """What a revert sets, in lines. A member of a list stands as True, below its list."""
    if change.action == "delete":
        return
    for path, value in leaves(change.after):
        now = at(change.before, path)
        if now is True and value is None and len(path) > 1:
            yield _REMOVES.format(member=path[-1], key=".".join(path[:-1]))
        elif now != value:
            yield f"{key_label(change, '.'.join(path))}: {_short(now)} -> {_short(value)}"


def _handover_lines(handover: Handover) -> Iterator[str]:
    """The commands for the other side. Those of several lines must not be indented."""
    if handover.commands or handover.notes:
        yield ""
    yield from (f"  · {note}" for note in handover.notes)
    if handover.commands:
        yield "Commands for the other side, for someone who has the permissions:"
        for command in handover.commands:
            yield from f"  {command}".split("\n")


def _left_lines(reviewed: Review) -> Iterator[str]:
    """What another tool manages, and what has to be changed there."""
    if not reviewed.left:
        return
    yield ""
    yield "The wizard leaves these changes to the tools that manage the resources, because the tools would revert them:"
    for left in reviewed.left:
        title = _title(left.change)
        yield f"  · {title}: {left.owner.tool} manages the resource; make the change in {left.owner.place}"
        for key, before, after in left.change.fields:
            yield f"      {key_label(left.change, key)}: {_short(before)} -> {_short(after)}"
        yield from (f"      {line}" for line in patch_text(left.change).splitlines())
    for waiting in reviewed.waiting:
        title, needed = _title(waiting.change), _title(waiting.needs.change)
        yield f"  · {title}: the wizard cannot make this change before the change of {needed}"
    yield "  To let the wizard change these resources anyway, add --override-owner."


def _title(change: Change) -> str:
    return f"{change.resource.kind} {label(change)}"


def _short(value: Any) -> str:
    return value_text(value, "(absent)")
