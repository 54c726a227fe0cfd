"""One thread that runs one piece of work after the other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class Worker:
    """A thread that starts with its first work; a program can end without waiting for it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Run the work in the thread; its result or exception is in the future."""
        return asyncio.run_coroutine_threadsafe(_do(work), self._started())

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name=self._name, daemon=True).start()
            return self._loop


async def _do(work: Callable[[], T]) -> T:
    return work()
