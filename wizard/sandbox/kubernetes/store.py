"""The objects of one cluster, each change with a version of its own that watchers can go on from."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from wizard.sandbox.json_value import copied

from .kinds import Kind, Object
from .status import expired

REMEMBERED = 5000
"""How many changes a watch can go back."""


@dataclass(frozen=True)
class Change:
    """One change, as a watch shows it."""

    version: int
    type: Literal["ADDED", "MODIFIED", "DELETED"]
    kind: Kind
    object: Object


class Store:
    """Objects by kind, namespace and name. What goes in and out is copied, but for what `peek` shows."""

    def __init__(self) -> None:
        self.version = 1000
        self.touched: list[tuple[Kind, Object]] = []
        """What was stored or removed since somebody emptied this list: the work of the cluster's controllers."""
        self.woken: Callable[[], None] = lambda: None
        """Called after a change while somebody watches: the controllers must work although nobody asks for anything."""
        self._objects: dict[Kind, dict[str, dict[str, Object]]] = {}
        """By namespace and name, so that what many others have in their namespaces costs nothing."""
        self._on_nodes: Counter[str] = Counter()
        self._owned: dict[str, dict[tuple[Kind, str, str], Object]] = {}
        self._changes: deque[Change] = deque(maxlen=REMEMBERED)
        self._watchers: set[asyncio.Queue[Change]] = set()

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """The object, if there is one; the namespace is empty for kinds that have none."""
        found = self.peek(kind, namespace, name)
        return None if found is None else copied(found)

    def all(self, kind: Kind, namespace: str = "") -> list[Object]:
        """The objects of a namespace, or of all, in the order of namespace and name."""
        return [copied(item) for item in self.peek_all(kind, namespace)]

    def peek(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """The stored object itself, which nobody may change."""
        return self._objects.get(kind, {}).get(namespace, {}).get(name)

    def peek_all(self, kind: Kind, namespace: str = "") -> list[Object]:
        """The stored objects themselves, which nobody may change, in the order of namespace and name."""
        found = self._objects.get(kind, {})
        places = [namespace] if namespace else sorted(found)
        return [item for place in places for _, item in sorted(found.get(place, {}).items())]

    def on_node(self, node: str) -> int:
        """How many pods are on a node."""
        return self._on_nodes[node]

    def owned(self, kind: Kind, owner: Object) -> list[Object]:
        """The stored objects of a kind that an object owns, in the order of their names; nobody may change them."""
        found = self._owned.get(owner["metadata"]["uid"], {})
        return [found[key] for key in sorted(found, key=lambda key: key[2]) if key[0] is kind]

    def put(self, kind: Kind, item: Object) -> Object:
        """Store an object, new or changed, with a new resourceVersion; the object as stored."""
        kept = copied(item)
        metadata = kept["metadata"]
        key = (metadata.get("namespace", ""), metadata["name"])
        before = self.peek(kind, *key)
        self.version += 1
        metadata["resourceVersion"] = str(self.version)
        self._objects.setdefault(kind, {}).setdefault(key[0], {})[key[1]] = kept
        self._forget(kind, key, before)
        self._on_nodes[_node(kept)] += 1
        for owner in _owners(kept):
            self._owned.setdefault(owner, {})[kind, *key] = kept
        self.touched.append((kind, kept))
        self._tell(Change(self.version, "ADDED" if before is None else "MODIFIED", kind, kept))
        return copied(kept)

    def remove(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """Take an object out; the object as it was, if it was there."""
        gone = self._objects.get(kind, {}).get(namespace, {}).pop(name, None)
        if gone is None:
            return None
        self.version += 1
        self._forget(kind, (namespace, name), gone)
        self.touched.append((kind, gone))
        gone = copied(gone)
        gone["metadata"]["resourceVersion"] = str(self.version)
        self._tell(Change(self.version, "DELETED", kind, gone))
        return gone

    def since(self, version: int) -> list[Change]:
        """The changes after that version. Raises ApiError 410 when they are no longer all remembered."""
        oldest = self._changes[0].version if self._changes else self.version + 1
        if version + 1 < oldest and len(self._changes) == REMEMBERED:
            raise expired(version, oldest)
        return [each for each in self._changes if each.version > version]

    @contextmanager
    def watching(self) -> Iterator[asyncio.Queue[Change]]:
        """A queue that gets every change from now on."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)

    def _forget(self, kind: Kind, key: tuple[str, str], item: Object | None) -> None:
        """Take an object that was replaced or removed out of what is counted and owned."""
        if item is None:
            return
        self._on_nodes[_node(item)] -= 1
        for owner in _owners(item):
            of_owner = self._owned.get(owner, {})
            of_owner.pop((kind, *key), None)
            if not of_owner:
                self._owned.pop(owner, None)

    def _tell(self, change: Change) -> None:
        self._changes.append(change)
        for queue in self._watchers:
            queue.put_nowait(change)
        if self._watchers:
            self.woken()


def _owners(item: Object) -> list[str]:
    return [str(reference.get("uid")) for reference in item["metadata"].get("ownerReferences") or ()]


def _node(item: Object) -> str:
    """The node of a pod; empty if it has none, and for what is no pod."""
    spec = item.get("spec")
    return str(spec.get("nodeName") or "") if isinstance(spec, dict) else ""
