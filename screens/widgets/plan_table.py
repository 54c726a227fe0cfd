"""The plan, one line for each change: action, resource and reason, its fields before and after, and its impact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from textual.containers import Vertical
from textual.content import Content

from screens.widgets.disclosure import Disclosure
from wizard.columns import left
from wizard.language import _, translated
from wizard.outside.text import one_line

if TYPE_CHECKING:
    from wizard.engine.resource import Change, FieldChange
    from wizard.work.planning import Review

_GLYPHS = {"create": "+", "update": "~", "undelete": "~", "delete": "-", "none": "="}
_WORDS = {"create": "create", "update": "change", "undelete": "undelete", "delete": "delete", "none": "in place"}
_STYLES = {
    "create": "$text-success",
    "update": "$text-warning",
    "undelete": "$text-warning",
    "delete": "$text-error",
    "none": "$text-muted",
}

MANY = 20
"""Largest number of changes of the same kind and action that have a line each."""

SHORT = 40
"""Largest number of characters of two values that are shown on one line."""

_MEMBER = re.compile(
    r"(?P<kind>principal|principalSet)://iam\.googleapis\.com/projects/\d+/locations/global/workloadIdentityPools/"
    r"(?P<pool>[^/]+)/(?P<attribute>subject|group|attribute\.[^/]+)/(?P<value>.+)"
)
_ROLE = re.compile(r"^arn:aws[\w-]*:sts::\d+:assumed-role/")


class PlanTable(Vertical):
    """Shows the changes in the order in which they are made, many of the same kind together."""

    def show(self, reviewed: Review, *, pending_first: bool = False) -> None:
        """Show the changes of this plan; those that are in place come last if the user looks for a fix."""
        changes = list(reviewed.plan.changes)
        if pending_first:
            changes.sort(key=lambda change: change.action == "none")
        self.remove_children()
        self.mount_all(lines_of(changes))

    def clear(self) -> None:
        """Remove all lines."""
        self.remove_children()


def lines_of(changes: Sequence[Change]) -> list[Disclosure]:
    """Return a line for each change, or one line for many changes of the same kind, with all of them in its body."""
    alike: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        alike.setdefault((change.resource.kind, change.action), []).append(change)
    lines = []
    for change in changes:
        group = alike[change.resource.kind, change.action]
        if len(group) <= MANY:
            lines.append(line_of(change))
        elif change is group[0]:
            lines.append(_line_of_many(group))
    return lines


def _line_of_many(group: Sequence[Change]) -> Disclosure:
    first = group[0]
    title = (
        _("{kind}: {count} resources").format(kind=translated(first.resource.kind), count=len(group)),
        "bold" if first.action != "none" else "$text-muted",
    )
    head = Content.assemble(title, (f", {reason(first)}" if first.action != "none" else "", "$text-muted"))
    parts: list[Content] = []
    for change in group:
        parts += [part for part in (_head(change), _body(change)) if part]
    copies = "\n".join(whole(change) for change in group)
    exists = first.action in ("update", "undelete")
    return Disclosure(
        head,
        Content("\n").join(parts),
        lead=_lead(first),
        open=exists,
        copies=copies,
        classes=f"change {first.action}",
    )


def _lead(change: Change) -> Content:
    return Content.styled(f"{_GLYPHS[change.action]} {left(_(_WORDS[change.action]), 10)}", _STYLES[change.action])


def line_of(change: Change) -> Disclosure:
    """Return the line of a change; open if the resource exists, so that its differences are seen."""
    exists = change.action in ("update", "undelete")
    return Disclosure(
        _head(change),
        _body(change),
        lead=_lead(change),
        open=exists,
        copies=whole(change),
        classes=f"change {change.action}",
    )


def whole(change: Change) -> str:
    """Return a change in full, to copy."""
    head = f"{_(_WORDS[change.action])} {translated(change.resource.kind)} {change.resource.name}: {reason(change)}"
    return "\n".join(
        [
            head,
            *(
                f"  {_label(change, field.key)}: {_value(field.before)} -> {_value(field.after)}"
                for field in change.fields
            ),
        ]
    )


def _head(change: Change) -> Content:
    from wizard.work.planning import label, notes

    parts = Content.assemble(
        (f"{translated(change.resource.kind)} ", "" if change.action != "none" else "$text-muted"),
        (label(change), "bold" if change.action != "none" else "$text-muted"),
        (f", {reason(change)}" if change.action != "none" else "", "$text-muted"),
    )
    impact = change.resource.impact(change) if change.action != "none" else None
    if impact:
        parts += Content.styled(f"\n! {one_line(impact)}", "$text-warning")
    for gain in change.resource.gains(change) if change.action != "none" else ():
        parts += Content.styled(f"\n! {one_line(gain)}", "$text-warning")
    for note in notes(change):
        parts += Content.styled(f"\n· {one_line(note)}", "$text-muted")
    return parts


def reason(change: Change) -> str:
    """Return the reason for the change, in a few words."""
    from wizard.engine.revert import Reverted

    if change.blind:
        return _("not read: {blind}").format(blind=one_line(change.blind))
    if change.action == "create":
        return _("does not exist yet")
    if change.action == "undelete":
        return _("was deleted recently")
    if change.action == "none":
        return _("as planned")
    if change.action == "delete":
        return _("created by the run")
    if isinstance(change.resource, Reverted):
        return _("changed by the run")
    return _("differs")


def _body(change: Change) -> Content:
    from wizard.work.planning import taken_back

    if change.action == "none":
        return Content("")
    if lines := taken_back(change):
        return Content("\n").join(Content(one_line(line)) for line in lines)
    return Content("\n").join(difference(change, field) for field in change.fields)


def difference(change: Change, field: FieldChange) -> Content:
    """Return one value that a change sets, before and after."""
    return _field(_label(change, field.key), field.before, field.after, change.action)


def title_of(change: Change) -> str:
    """Return the kind and the short name of the resource of a change."""
    from wizard.work import planning

    return planning.title_of(change)


def _label(change: Change, key: str) -> str:
    from wizard.work.planning import key_label

    return key_label(change, key)


def _field(key: str, before: Any, after: Any, action: str) -> Content:
    name = (f"{key}: ", "$text-muted")
    if _members(after) and (before is None or _members(before)):
        return Content("\n").join(_added(key, before or [], after))
    if action == "create":
        return Content.assemble(name, _value(after))
    old, new = _value(before), _value(after)
    if len(old) + len(new) < SHORT:
        return Content.assemble(name, old, (" -> ", "bold"), new)
    return Content.assemble(name, f"\n{old}\n", ("-> ", "bold"), new)


def _members(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(member, str) for member in value)


def _added(key: str, before: list[str], after: list[str]) -> Iterator[Content]:
    """Yield the members to add, one per line, and the number of those that are there already."""
    yield Content.assemble(("+ ", "$text-success"), (key, "$text-muted"))
    yield from (Content(one_line(shortened(member))) for member in after if member not in before)
    if kept := len([member for member in after if member in before]):
        yield Content.styled(_("= {kept} already in place").format(kept=kept), "$text-muted")


def shortened(member: str) -> str:
    """Return a member of a pool in a few words. Commands and copied texts have it in full."""
    found = _MEMBER.match(member)
    if found is None:
        return member
    value = _ROLE.sub("…/", found["value"])
    attribute = found["attribute"].removeprefix("attribute.")
    return _("{kind} of {pool}, {attribute} {value}").format(
        kind=found["kind"], pool=found["pool"], attribute=attribute, value=value
    )


def _value(value: Any) -> str:
    """Return a value as text in one line: strings as they are, other values as JSON."""
    from wizard.work import planning

    return one_line(planning.value_text(value))
