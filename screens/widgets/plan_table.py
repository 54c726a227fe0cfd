"""The plan as lines: what is done to what and why, the fields before and after, and what it does to what runs now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from textual.containers import Vertical
from textual.content import Content

from screens.widgets.disclosure import Disclosure

if TYPE_CHECKING:
    from wizard.engine.resource import Change
    from wizard.work.planning import Review

_GLYPHS = {"create": "+", "update": "~", "undelete": "~", "none": "="}
_WORDS = {"create": "create", "update": "change", "undelete": "undelete", "none": "in place"}
_STYLES = {"create": "$text-success", "update": "$text-warning", "undelete": "$text-warning", "none": "$text-muted"}

SHORT = 40
"""Characters of two values that stand in one line."""

_MEMBER = re.compile(
    r"(?P<kind>principal|principalSet)://iam\.googleapis\.com/projects/\d+/locations/global/workloadIdentityPools/"
    r"(?P<pool>[^/]+)/(?P<attribute>subject|group|attribute\.[^/]+)/(?P<value>.+)"
)
_ROLE = re.compile(r"^arn:aws[\w-]*:sts::\d+:assumed-role/")


class PlanTable(Vertical):
    """One line for each change, in the order in which they are made."""

    def show(self, reviewed: Review) -> None:
        """Show another plan."""
        self.remove_children()
        self.mount_all([line_of(change) for change in reviewed.plan.changes])

    def clear(self) -> None:
        """Show nothing."""
        self.remove_children()


def line_of(change: Change) -> Disclosure:
    """A change that can be opened; what differs is shown at once where something is there already."""
    shown = change.action in ("update", "undelete")
    lead = Content.styled(f"{_GLYPHS[change.action]} {_WORDS[change.action]:<10}", _STYLES[change.action])
    return Disclosure(
        _head(change), _body(change), lead=lead, open=shown, copies=whole(change), classes=f"change {change.action}"
    )


def whole(change: Change) -> str:
    """A change with nothing left out, for copying."""
    head = f"{_WORDS[change.action]} {change.resource.kind} {change.resource.name}: {reason(change)}"
    return "\n".join(
        [head, *(f"  {each.key}: {_value(each.before)} -> {_value(each.after)}" for each in change.fields)]
    )


def _head(change: Change) -> Content:
    from wizard.work.planning import label

    parts = Content.assemble(
        (f"{change.resource.kind} ", "" if change.action != "none" else "$text-muted"),
        (label(change), "bold" if change.action != "none" else "$text-muted"),
        (f", {reason(change)}" if change.action != "none" else "", "$text-muted"),
    )
    impact = change.resource.impact(change) if change.action != "none" else None
    if impact:
        parts += Content.styled(f"\n! {impact}", "$text-warning")
    if said := note(change):
        parts += Content.styled(f"\n· {said}", "$text-muted")
    return parts


def note(change: Change) -> str | None:
    """What is worth knowing of a resource, whether or not something is done to it."""
    from wizard.resources.kind import Kind

    return change.resource.note(change) if isinstance(change.resource, Kind) else None


def reason(change: Change) -> str:
    """Why the change is there, in a few words."""
    if change.blind:
        return f"not read: {change.blind}"
    if change.action == "create":
        return "not there yet"
    if change.action == "undelete":
        return "was deleted, and its name is kept"
    if change.action == "none":
        return "as wanted"
    return "differs"


def _body(change: Change) -> Content:
    if change.action == "none":
        return Content("")
    return Content("\n").join(_field(each.key, each.before, each.after, change.action) for each in change.fields)


def _field(key: str, before: Any, after: Any, action: str) -> Content:
    name = (f"{key}: ", "$text-muted")
    if _members(after) and (before is None or _members(before)):
        return Content("\n").join(_added(key, before or [], after))
    if action == "create":
        return Content.assemble(name, _value(after))
    was, wanted = _value(before), _value(after)
    if len(was) + len(wanted) < SHORT:
        return Content.assemble(name, was, (" -> ", "bold"), wanted)
    return Content.assemble(name, f"\n{was}\n", ("-> ", "bold"), wanted)


def _members(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)


def _added(key: str, before: list[str], after: list[str]) -> Iterator[Content]:
    """The members that come, one to a line; those that are there already stay and are only counted."""
    yield Content.assemble(("+ ", "$text-success"), (key, "$text-muted"))
    yield from (Content(shortened(each)) for each in after if each not in before)
    if kept := len([each for each in after if each in before]):
        yield Content.styled(f"= {kept} already there", "$text-muted")


def shortened(member: str) -> str:
    """A member of a pool in a few words; whole in the commands and in what is copied."""
    found = _MEMBER.match(member)
    if found is None:
        return member
    value = _ROLE.sub("…/", found["value"])
    return f"{found['kind']} of {found['pool']}, {found['attribute'].removeprefix('attribute.')} {value}"


def _value(value: Any) -> str:
    """A value for people: a text as it is, the rest as JSON."""
    if value is None:
        return "(absent)"
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
