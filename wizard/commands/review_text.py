"""A review as text."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.engine.resource import Change
from wizard.engine.revert import Reverted
from wizard.modes.opened import Opened
from wizard.work.handing_over import Handover
from wizard.work.planning import Review, key_label, label, notes, patch_text, summary, taken_back, value_text

GLYPHS = {"create": "+", "update": "~", "undelete": "~", "delete": "-", "none": "="}
_WORDS = {"create": "create", "update": "change", "undelete": "undelete", "delete": "delete", "none": "in place"}


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
        yield "This plan removes access from other identities:"
        yield from (f"  ✗ {_title(loss.change)}: {loss.text}" for loss in reviewed.losses)
        yield ""
    for change in reviewed.plan.changes:
        yield from _change_lines(change)


def _change_lines(change: Change) -> Iterator[str]:
    yield f"  {GLYPHS[change.action]} {_WORDS[change.action]:<9} {change.resource.kind:<31} {label(change)}"
    if change.blind:
        yield f"      not read: {change.blind}"
    if isinstance(change.resource, Reverted):
        yield from (f"      {line}" for line in taken_back(change))
    elif change.action in ("update", "undelete"):
        for key, before, after in change.fields:
            yield f"      {key_label(change, key)}: {value_text(before)} -> {value_text(after)}"
    if impact := change.resource.impact(change):
        yield f"      ! {impact}"
    yield from (f"      ! {gain}" for gain in change.resource.gains(change))
    yield from (f"      · {note}" for note in notes(change))


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
    yield (
        "The wizard does not make these changes, because other tools manage the resources, and would revert the "
        "changes:"
    )
    for left in reviewed.left:
        title = _title(left.change)
        yield f"  · {title}: {left.owner.tool} manages the resource. Make the change here: {left.owner.place}"
        for key, before, after in left.change.fields:
            yield f"      {key_label(left.change, key)}: {value_text(before)} -> {value_text(after)}"
        yield from (f"      {line}" for line in patch_text(left.change).splitlines())
    for waiting in reviewed.waiting:
        title, needed = _title(waiting.change), _title(waiting.needs.change)
        yield f"  · {title}: the wizard cannot make this change before the change of {needed}"
    yield "  To let the wizard change these resources anyway, add --override-owner."


def _title(change: Change) -> str:
    return f"{change.resource.kind} {label(change)}"
