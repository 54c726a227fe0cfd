"""A revision of a definition with the role and the variables from before a run; the rest is as it is now.

It is registered where the newest revision is not only the run's: someone else has changed other fields since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from wizard.engine.resource import Change, Refused, State, at, leaves
from wizard.language import _
from wizard.resources import registration
from wizard.resources.callers import Callers
from wizard.resources.registration import Document, Layout

_NOT_RECORDED = (
    "The wizard cannot restore {variable}: the former value might be a secret, so the wizard did not record it, and "
    "no active revision has it."
)


class NotRecorded(Refused):
    """A former value is not known any more."""


def former(
    document: Document,
    layout: Layout,
    change: Change,
    earlier: Iterable[tuple[Document, dict[str, Any]]],
    role_key: str,
) -> Document:
    """Return a definition with the values of `change.before`, for the keys of `change.after`.

    `earlier` has containers of earlier revisions, and their variables as states have them: there, values are found
    that the journal does not have. Raises NotRecorded.
    """
    before = change.before or {}
    container = registration.at(document, layout.container)
    variables = change.after.get("environment") or {}
    changes: Document = {
        field: [entry for entry in container.get(field) or () if entry["name"] not in variables]
        for field in ("environment", "secrets")
        if field in container or field == "environment"
    }
    known = list(earlier)
    for name in variables:
        value = (before.get("environment") or {}).get(name)
        if value is not None:
            field, entry = _entry(name, value, known)
            changes.setdefault(field, []).append(entry)
    made = registration.replaced(document, layout.container, lambda found: found | changes)
    if role_key not in change.after:
        return dict(made)
    return dict(registration.replaced(made, layout.task, lambda found: _with_role(found, layout, before.get(role_key))))


def filled(change: Change) -> State:
    """Return the state before a change, with all keys of the state after it; None stands for what is absent."""
    state: State = {}
    for path, _value in leaves(change.after):
        *sections, key = path
        inner = state
        for section in sections:
            inner = inner.setdefault(section, {})
        inner[key] = at(change.before, path)
    return state


def pinned(callers: Callers, going: Collection[str]) -> list[tuple[str, int]]:
    """Return who names a revision, and which. `going` has the names of what the same revert moves off its revision."""
    pins = [(caller.who, caller.revision) for caller in callers.found if caller.revision]
    for service in callers.services:
        where = f"{service.cluster}/{service.name}"
        if not any(name.endswith(f":service/{where}") for name in going):
            pins.append((f"ECS service {where}", service.revision))
    return pins


def _with_role(task: Document, layout: Layout, role: str | None) -> Document:
    kept = {key: value for key, value in task.items() if key != layout.role_key}
    return kept | ({layout.role_key: role} if role else {})


def _entry(name: str, shown: str, earlier: Iterable[tuple[Document, dict[str, Any]]]) -> tuple[str, Document]:
    """Return the field and the entry that give a variable its former value."""
    for container, values in earlier:
        if values.get(name) == shown:
            for field in ("environment", "secrets"):
                for entry in _named(container, field, name):
                    return field, entry
    if registration.is_hidden(shown) or registration.is_from_secret(shown):
        raise NotRecorded(_(_NOT_RECORDED).format(variable=name))
    return "environment", {"name": name, "value": shown}


def _named(container: Document, field: str, name: str) -> Iterator[Document]:
    yield from (entry for entry in container.get(field) or () if entry["name"] == name)
