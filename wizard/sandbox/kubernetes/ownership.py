"""Who manages which field of an object (metadata.managedFields).

A set of fields is a set of paths; a path's parts are spelled as in FieldsV1: `f:NAME` for a key, `k:{...}` for an item
of a list that is merged item by item. Source: Kubernetes documentation, "Server-Side Apply".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .kinds import Object
from .merging import key_of

Path = tuple[str, ...]
Owner = tuple[str, str]
"""A manager's name and its operation, Apply or Update."""

NOBODYS = frozenset(
    ("f:metadata", f"f:{name}")
    for name in (
        *("name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generation", "selfLink"),
        *("managedFields", "deletionTimestamp", "deletionGracePeriodSeconds", "generateName"),
    )
) | {("f:apiVersion",), ("f:kind",)}
"""What no manager owns."""


def leaves(item: Object) -> dict[Path, Any]:
    """The values of an object by their paths, without what nobody owns, and without its status."""
    return {
        path: value
        for path, value in _leaves((), "", item)
        if path[:1] != ("f:status",) and path[:1] not in NOBODYS and path[:2] not in NOBODYS
    }


def _leaves(path: Path, name: str, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _leaves((*path, f"f:{key}"), key, each)
        return
    key = key_of(name, value) if value else None
    if key is None:
        yield path, value
        return
    for each in value:
        own = (*path, f"k:{json.dumps({key: each.get(key)}, separators=(',', ':'))}")
        yield (*own, "."), None
        for field, inner in each.items():
            yield from _leaves((*own, f"f:{field}"), field, inner)


def without(item: Object, path: Path) -> None:
    """Remove the value at a path from an object, and the maps that are empty then."""
    _cut(item, path)


def _cut(value: Any, path: Path) -> bool:
    """Cut inside of the value; whether the value itself is empty then."""
    head, *rest = path
    if head.startswith("k:"):
        wanted: Mapping[str, Any] = json.loads(head[2:])
        for item in [each for each in value if each.items() >= wanted.items()]:
            if rest == ["."] or (rest and _cut(item, tuple(rest))):
                value.remove(item)
        return not value
    key = head.removeprefix("f:")
    if not isinstance(value, dict) or key not in value:
        return False
    if not rest or _cut(value[key], tuple(rest)):
        del value[key]
    return not value


def read(item: Object) -> dict[Owner, set[Path]]:
    """The owners that the object records."""
    owners: dict[Owner, set[Path]] = {}
    for entry in item["metadata"].get("managedFields") or []:
        if not entry.get("subresource"):
            owner = (str(entry.get("manager", "")), str(entry.get("operation", "Update")))
            owners[owner] = set(_paths(entry.get("fieldsV1") or {}))
    return owners


def write(item: Object, owners: Mapping[Owner, set[Path]], now: str) -> None:
    """Record the owners in the object; entries that have not changed keep their time."""
    before = {(entry.get("manager"), entry.get("operation")): entry for entry in _entries(item)}
    entries = []
    for owner, paths in owners.items():
        if not paths:
            continue
        tree, old = _tree(paths), before.get(owner, {})
        time = old.get("time", now) if old.get("fieldsV1") == tree else now
        entry = {"manager": owner[0], "operation": owner[1], "apiVersion": item["apiVersion"], "time": time}
        entries.append({**entry, "fieldsType": "FieldsV1", "fieldsV1": tree})
    item["metadata"]["managedFields"] = entries
    if not entries:
        del item["metadata"]["managedFields"]


def updated(before: Object, after: Object, manager: str) -> dict[Owner, set[Path]]:
    """The owners after a manager has changed an object by create, update or patch: it owns what it changed."""
    old, new = leaves(before), leaves(after)
    changed = {path for path, value in new.items() if path not in old or old[path] != value}
    owner = (manager, "Update")
    owners = {each: {path for path in paths if path in new} - changed for each, paths in read(after).items()}
    owners[owner] = owners.get(owner, set()) | changed
    return owners


def _entries(item: Object) -> list[Object]:
    found: list[Object] = item["metadata"].get("managedFields") or []
    return found


def _tree(paths: Iterable[Path]) -> Object:
    tree: Object = {}
    for path in sorted(paths):
        at = tree
        for part in path:
            at = at.setdefault(part, {})
    return tree


def _paths(tree: Any, head: Path = ()) -> Iterator[Path]:
    if not isinstance(tree, dict) or not tree:
        if head:
            yield head
        return
    for part, inner in tree.items():
        yield from _paths(inner, (*head, part))
