"""How many child processes and one-off pods live tests have at the same time, whatever number of setups they test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 8
"""Child processes and one-off pods of this process together."""

_STOP_CHECK = 0.05  # seconds between two checks for a stop request
_SLOTS = threading.BoundedSemaphore(AT_ONCE)


class Stopped(Exception):  # noqa: N818 (what happened, and nothing is wrong)
    """A stop was requested, and what was running has ended."""


@contextmanager
def slot(stop: threading.Event | None = None) -> Iterator[None]:
    """Wait for a place for a child process or a pod. Raises Stopped once `stop` is set.

    Whoever has a place must not ask for another inside.
    """
    while not _SLOTS.acquire(timeout=_STOP_CHECK):
        if stop is not None and stop.is_set():
            raise Stopped
    try:
        yield
    finally:
        _SLOTS.release()
