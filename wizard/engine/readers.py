"""Threads for reads that run side by side, which an interrupt leaves behind: nothing is lost with a read."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")

USUAL = 16
"""Number of reads that run at the same time, unless another is given."""


class Readers(Executor):
    """Runs reads in threads. Only a block that ends without an error waits for those that still run.

    Python's own executor waits for its threads always, so that Ctrl-C is answered after the slowest read only. Never
    run a write in it: its threads end with the process.
    """

    def __init__(self, max_workers: int = USUAL) -> None:
        self._left = max_workers
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a read as soon as a thread is free. Returns its future."""
        future: Future[T] = Future()
        context = contextvars.copy_context()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(context.run(fn, *args, **kwargs))
            except BaseException as error:  # noqa: BLE001 (whoever waits for the future gets it)
                future.set_exception(error)

        self._queue.put(run)
        if self._left > 0:
            self._left -= 1
            thread = threading.Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()
        return future

    def _work(self) -> None:
        while run := self._queue.get():
            run()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads when nothing is left to read, or at once with `cancel_futures`; wait for them if `wait`."""
        while cancel_futures:
            try:
                self._queue.get_nowait()
            except Empty:
                break
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown(wait=kind is None, cancel_futures=kind is not None)
