"""A review as text."""

from __future__ import annotations

from collections.abc import Iterator

from wizard import columns
from wizard.engine.resource import Change
from wizard.engine.revert import Reverted
from wizard.language import _, translated
from wizard.modes import mode
from wizard.modes.opened import Opened
from wizard.work.handing_over import Handover
from wizard.work.planning import (
    Review,
    key_label,
    label,
    notes,
    patch_text,
    place_text,
    summary,
    taken_back,
    title_of,
    value_text,
)

GLYPHS = {"create": "+", "update": "~", "undelete": "~", "delete": "-", "none": "="}
_KIND = 31
"""The columns of the longest kind in English."""
_MANAGED = "{title}: {tool} manages the resource. Make the change here: {place}"
_UNKNOWN = "  ? {permission} on {on}: {fix}"
_WORDS = {"create": "create", "update": "change", "undelete": "undelete", "delete": "delete", "none": "in place"}


def as_text(opened: Opened, reviewed: Review) -> Iterator[str]:
    """The review in lines."""
    yield mode.title_in_language(opened.title)
    yield ""
    yield from changes(reviewed)
    yield ""
    yield summary(reviewed.plan)
    yield from (f"  {line}" for line in missing(reviewed))
    for check in reviewed.permission_checks:
        if check.status == "unknown":
            yield _(_UNKNOWN).format(permission=check.needed.permission, on=check.needed.on, fix=check.fix)
    yield from (f"  ! {note}" for note in opened.notes)
    yield from _left_lines(reviewed)
    yield from _handover_lines(reviewed.handover)


def changes(reviewed: Review) -> Iterator[str]:
    """The changes of a plan in lines, below what others lose by it."""
    if reviewed.losses:
        yield _("This plan removes access from other identities:")
        yield from (f"  {line}" for line in losses(reviewed))
        yield ""
    kinds = [columns.cells(translated(change.resource.kind)) for change in reviewed.plan.changes]
    width = max([_KIND, *kinds])
    for change in reviewed.plan.changes:
        yield from _change_lines(change, width)


def losses(reviewed: Review) -> Iterator[str]:
    """What others lose by a plan, in lines."""
    yield from (f"✗ {title_of(loss.change)}: {loss.text}" for loss in reviewed.losses)


def missing(reviewed: Review) -> Iterator[str]:
    """The permissions that the operator does not have for a plan, in lines."""
    for check in reviewed.missing:
        yield _("✗ you do not have the permission {permission} on {on}: {fix}").format(
            permission=check.needed.permission, on=check.needed.on, fix=check.fix
        )


def _change_lines(change: Change, width: int) -> Iterator[str]:
    word, kind = columns.left(_(_WORDS[change.action]), 9), translated(change.resource.kind)
    yield f"  {GLYPHS[change.action]} {word} {columns.left(kind, width)} {label(change)}"
    if change.blind:
        yield f"      {_('not read: {blind}').format(blind=change.blind)}"
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
        yield _("On the other side of the setup, someone who has the permissions must run these commands:")
        for command in handover.commands:
            yield from f"  {command}".split("\n")


def _left_lines(reviewed: Review) -> Iterator[str]:
    """What another tool manages, and what has to be changed there."""
    if not reviewed.left:
        return
    yield ""
    yield (
        _(
            "The wizard does not make these changes, because other tools manage the resources, and would revert the "
            "changes:"
        )
    )
    for left in reviewed.left:
        title = title_of(left.change)
        place = place_text(left.owner)
        yield f"  · {_(_MANAGED).format(title=title, tool=left.owner.tool, place=place)}"
        for key, before, after in left.change.fields:
            yield f"      {key_label(left.change, key)}: {value_text(before)} -> {value_text(after)}"
        yield from (f"      {line}" for line in patch_text(left.change).splitlines())
    for waiting in reviewed.waiting:
        title, needed = title_of(waiting.change), title_of(waiting.needs.change)
        yield _("  · {title}: the wizard cannot make this change before the change to {needed}").format(
            title=title, needed=needed
        )
    yield _("  To let the wizard change these resources anyway, add --override-owner.")
