"""Finds what several setups want differently of one resource, before anything is written."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from wizard.engine.resource import Change, Refused, State, at, leaves
from wizard.language import _
from wizard.work.planning import label_of

_UNDONE = (
    "{first} and {second} contradict each other: both describe the {kind} {label}, and the changes of {second} would "
    "undo the changes of {first} ({keys}). Change one of the setups."
)
_REFUSED = (
    "{first} and {second} contradict each other: both describe the {kind} {label}, and the wizard cannot apply "
    "{second} after {first}: {reason}"
)
_SHARED = (
    "{count} setups change the {kind} {label} ({keys}): {files}. Applying one setup keeps everything that the others "
    "need."
)


@dataclass(frozen=True)
class Clash:
    """A resource of which setups want different things. `text` says so, as a sentence."""

    files: tuple[str, ...]
    kind: str
    name: str
    is_contradiction: bool
    """Whether no order of applies satisfies the setups, which are two then."""
    text: str


def find(planned: Sequence[tuple[str, Sequence[Change]]]) -> list[Clash]:
    """Return the clashes between setups, given as file and changes, in their order.

    Grants and what else only adds to something shared are no clash: each setup adds its own.
    """
    by_resource: dict[tuple[str, str], list[tuple[str, Change]]] = {}
    for file, changes in planned:
        for change in changes:
            if not (change.resource.shared or change.resource.joins):
                by_resource.setdefault(change.resource.identity, []).append((file, change))
    return [clash for same in by_resource.values() for clash in _of_resource(same)]


def _of_resource(same: Sequence[tuple[str, Change]]) -> Iterator[Clash]:
    shared: dict[str, list[str]] = {}
    for (first, one), (second, other) in combinations(same, 2):
        clash = _contradiction(first, one, second, other)
        keys = _different(one.after, other.after)
        if clash:
            yield clash
        elif keys and not one.action == other.action == "none":
            shared.setdefault(first, []).extend(keys)
            shared.setdefault(second, []).extend(keys)
    if shared:
        resource = same[0][1].resource
        keys = list(dict.fromkeys(key for each in shared.values() for key in each))
        words = {"kind": resource.kind, "label": label_of(resource), "keys": ", ".join(keys)}
        text = _(_SHARED).format(count=len(shared), files=", ".join(shared), **words)
        yield Clash(tuple(shared), *resource.identity, False, text)


def _different(one: State, other: State) -> list[str]:
    """Return the keys of both states whose values differ, each top-level key once."""
    theirs = dict(leaves(other))
    return list(dict.fromkeys(path[0] for path, value in leaves(one) if path in theirs and theirs[path] != value))


def _contradiction(first: str, one: Change, second: str, other: Change) -> Clash | None:
    """Apply one change after the other, in mind, and return a clash if the first does not hold any more."""
    if one.after == other.after:
        return None
    words = {"first": first, "second": second, "kind": one.resource.kind, "label": label_of(one.resource)}
    place = ((first, second), *one.resource.identity, True)
    then = _after(other.before, one.after)
    try:
        wanted = other.resource.desired_with(then)
        both = _after(_after(one.before, one.after), wanted)
        again = Change(one.resource, both, one.resource.desired_with(both))
    except Refused as error:
        return Clash(*place, _(_REFUSED).format(**words, reason=error.message))
    undone = list(dict.fromkeys(path[0] for path, value in leaves(again.after) if at(again.before, path) != value))
    return Clash(*place, _(_UNDONE).format(**words, keys=", ".join(undone))) if undone else None


def _after(before: State | None, wanted: State) -> State:
    """Return the state after a change: what is there, with the wanted values."""
    state = copy.deepcopy(before) if before else {}
    for path, value in leaves(wanted):
        inner = state
        for key in path[:-1]:
            if not isinstance(inner.get(key), dict):
                inner[key] = {}
            inner = inner[key]
        inner[path[-1]] = value
    return state
