"""Watches: a list of changes that does not end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from .kinds import Kind, Object
from .store import Change, Store

LONGEST = 1800.0
"""Seconds that a watch lasts if its caller does not say."""


async def changes(
    store: Store, kind: Kind, begin: int | None, wanted: Callable[[Object], bool], seconds: float
) -> AsyncIterator[tuple[str, Object]]:
    """Types and objects of the changes after version `begin`, for so many seconds.

    Without a version every existing object comes first, as ADDED. Raises ApiError 410.
    """
    with store.watching() as queue:
        if begin is None:
            past = [Change(store.version, "ADDED", kind, item) for item in store.all(kind)]
        else:
            past = store.since(begin)
        for change in past:
            if change.kind is kind and wanted(change.object):
                yield change.type, change.object
        try:
            async with asyncio.timeout(seconds):
                while True:
                    change = await queue.get()
                    if change.kind is kind and wanted(change.object):
                        yield change.type, change.object
        except TimeoutError:
            return
