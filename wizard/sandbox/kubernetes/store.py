"""The objects of one cluster, each change with a version of its own that watchers can go on from."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal

from .kinds import Kind, Object
from .status import expired

REMEMBERED = 2000
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
        self._objects: dict[Kind, dict[tuple[str, str], Object]] = {}
        self._owned: dict[str, dict[tuple[Kind, str, str], Object]] = {}
        self._changes: deque[Change] = deque(maxlen=REMEMBERED)
        self._watchers: set[asyncio.Queue[Change]] = set()

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """The object, if there is one; the namespace is empty for kinds that have none."""
        return deepcopy(self._objects.get(kind, {}).get((namespace, name)))

    def all(self, kind: Kind, namespace: str = "") -> list[Object]:
        """The objects of a namespace, or of all, in the order of namespace and name."""
        return [deepcopy(item) for item in self.peek_all(kind, namespace)]

    def peek(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """The stored object itself, which nobody may change."""
        return self._objects.get(kind, {}).get((namespace, name))

    def peek_all(self, kind: Kind, namespace: str = "") -> list[Object]:
        """The stored objects themselves, which nobody may change, in the order of namespace and name."""
        found = self._objects.get(kind, {})
        return [found[key] for key in sorted(found) if namespace in ("", key[0])]

    def owned(self, kind: Kind, owner: Object) -> list[Object]:
        """The stored objects of a kind that an object owns, in the order of their names; nobody may change them."""
        found = self._owned.get(owner["metadata"]["uid"], {})
        return [found[key] for key in sorted(found, key=lambda key: key[2]) if key[0] is kind]

    def put(self, kind: Kind, item: Object) -> Object:
        """Store an object, new or changed, with a new resourceVersion; the object as stored."""
        kept = deepcopy(item)
        metadata = kept["metadata"]
        key = (metadata.get("namespace", ""), metadata["name"])
        before = self._objects.setdefault(kind, {}).get(key)
        self.version += 1
        metadata["resourceVersion"] = str(self.version)
        self._objects[kind][key] = kept
        self._disown(kind, key, before)
        for owner in _owners(kept):
            self._owned.setdefault(owner, {})[kind, *key] = kept
        self.touched.append((kind, kept))
        self._tell(Change(self.version, "ADDED" if before is None else "MODIFIED", kind, kept))
        return deepcopy(kept)

    def remove(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """Take an object out; the object as it was, if it was there."""
        gone = self._objects.get(kind, {}).pop((namespace, name), None)
        if gone is None:
            return None
        self.version += 1
        self._disown(kind, (namespace, name), gone)
        self.touched.append((kind, gone))
        gone = deepcopy(gone)
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

    def _disown(self, kind: Kind, key: tuple[str, str], item: Object | None) -> None:
        for owner in _owners(item) if item else ():
            of_owner = self._owned.get(owner, {})
            of_owner.pop((kind, *key), None)
            if not of_owner:
                self._owned.pop(owner, None)

    def _tell(self, change: Change) -> None:
        self._changes.append(change)
        for queue in self._watchers:
            queue.put_nowait(change)


def _owners(item: Object) -> list[str]:
    return [str(reference.get("uid")) for reference in item["metadata"].get("ownerReferences") or ()]
