"""What runs changed of one resource together, from the writes that the journal has of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy

from wizard.engine.journal import Write
from wizard.engine.resource import JSON, Change, KeyPath, Resource, State, at, is_deleted, leaves


def made_by(resource: Resource, writes: Sequence[Write], again: Sequence[Write]) -> Change | None:
    """Return what the writes changed together, without what later writes of other runs (`again`) changed once more.

    Returns `None` if nothing is left.
    """
    whole: Change | None = None
    for write in writes:
        whole = None if write.action == "delete" else _joined(whole, _as_change(resource, write))
    if whole is None or any(write.action in ("create", "delete") for write in again):
        return None
    if creates(whole):
        return whole
    taken = {path for write in again for path, _ in _set_by(_as_change(resource, write))}
    before: State = {}
    after: State = {}
    for path, value in _set_by(whole):
        if path not in taken:
            put(before, path, at(whole.before, path))
            put(after, path, value)
    return Change(resource, before, after) if after else None


def _as_change(resource: Resource, write: Write) -> Change:
    before = {} if write.before is None and resource.shared else write.before
    return Change(resource, None if before is None else resource.parts(before), resource.parts(write.after))


def _joined(first: Change | None, second: Change) -> Change:
    """Return one change that has the effect of two."""
    if first is None:
        return second
    before: State | None = None if first.before is None else deepcopy(first.before)
    after = deepcopy(first.after)
    known = {path for path, _ in leaves(first.after)}
    for path, value in leaves(second.after):
        if before is not None and path not in known:
            put(before, path, at(second.before, path))
        put(after, path, value)
    return Change(second.resource, before, after)


def _set_by(change: Change) -> Iterator[tuple[KeyPath, JSON]]:
    """Yield the values that a change sets, with their paths."""
    for path, value in leaves(change.after):
        if at(change.before, path) != value:
            yield path, value


def creates(change: Change) -> bool:
    """Return whether the runs created the resource, or undeleted it."""
    return change.before is None or is_deleted(change.before)


def put(state: State, path: KeyPath, value: JSON) -> None:
    *sections, key = path
    for section in sections:
        state = state.setdefault(section, {})
    state[key] = value
