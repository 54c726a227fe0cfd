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
    """Objects by kind, namespace and name. What goes in and out is copied."""

    def __init__(self) -> None:
        self.version = 1000
        self._objects: dict[Kind, dict[tuple[str, str], Object]] = {}
        self._changes: deque[Change] = deque(maxlen=REMEMBERED)
        self._watchers: set[asyncio.Queue[Change]] = set()

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """The object, if there is one; the namespace is empty for kinds that have none."""
        return deepcopy(self._objects.get(kind, {}).get((namespace, name)))

    def all(self, kind: Kind, namespace: str = "") -> list[Object]:
        """The objects of a namespace, or of all, in the order of namespace and name."""
        found = self._objects.get(kind, {})
        return [deepcopy(found[key]) for key in sorted(found) if namespace in ("", key[0])]

    def put(self, kind: Kind, item: Object) -> Object:
        """Store an object, new or changed, with a new resourceVersion; the object as stored."""
        kept = deepcopy(item)
        metadata = kept["metadata"]
        key = (metadata.get("namespace", ""), metadata["name"])
        before = self._objects.setdefault(kind, {}).get(key)
        self.version += 1
        metadata["resourceVersion"] = str(self.version)
        self._objects[kind][key] = kept
        self._tell(Change(self.version, "ADDED" if before is None else "MODIFIED", kind, kept))
        return deepcopy(kept)

    def remove(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """Take an object out; the object as it was, if it was there."""
        gone = self._objects.get(kind, {}).pop((namespace, name), None)
        if gone is None:
            return None
        self.version += 1
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

    def _tell(self, change: Change) -> None:
        self._changes.append(change)
        for queue in self._watchers:
            queue.put_nowait(change)
