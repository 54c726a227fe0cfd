"""A review as JSON."""

from __future__ import annotations

from wizard.commands import formats
from wizard.engine.resource import Change, owned
from wizard.modes.opened import Opened
from wizard.work.planning import Left, Review, notes
from wizard.work.preflight import PermissionCheck


def as_json(opened: Opened, reviewed: Review) -> formats.Plan:
    """The review as one document."""
    return formats.Plan(
        title=opened.title,
        summary=formats.Summary(**reviewed.plan.summary),
        changes=[_change_json(change) for change in reviewed.plan.changes],
        permissions=[_permission_json(check) for check in reviewed.permission_checks],
        notes=opened.notes,
        handover=reviewed.handover.commands,
        handover_notes=reviewed.handover.notes,
        losses=[
            formats.Loss(kind=loss.change.resource.kind, name=loss.change.resource.name, text=loss.text)
            for loss in reviewed.losses
        ],
        left=[_left_json(left) for left in reviewed.left],
        waiting=[
            formats.Waiting(needs=waiting.needs.change.resource.name, change=_change_json(waiting.change))
            for waiting in reviewed.waiting
        ],
    )


def _left_json(left: Left) -> formats.LeftToOwner:
    return formats.LeftToOwner(tool=left.owner.tool, place=left.owner.place, change=_change_json(left.change))


def _change_json(change: Change) -> formats.Change:
    return formats.Change(
        kind=change.resource.kind,
        name=change.resource.name,
        action=change.action,
        before=owned(change.before, change.after),
        after=change.after,
        fields=[formats.Field(key=key, before=before, after=after) for key, before, after in change.fields],
        blind=change.blind,
        impact=change.resource.impact(change),
        gains=change.resource.gains(change) if change.action != "none" else [],
        notes=notes(change),
        commands=change.resource.commands(change) if change.action != "none" else [],
    )


def _permission_json(check: PermissionCheck) -> formats.Permission:
    return formats.Permission(
        cloud=check.needed.cloud,
        permission=check.needed.permission,
        on=check.needed.on,
        status=check.status,
        fix=check.fix,
    )
