"""Lets work in threads ask the operator in the thread that waits for it, where an interrupt is heard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from queue import Empty, SimpleQueue
from typing import Any

from wizard.chain.slots import Stopped

_PAUSE = 0.05
"""Seconds between two looks at what is asked, and at what has ended."""


class Asking:
    """The questions of work that runs in threads. Once `stop` is set, nothing is asked any more."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._asked: SimpleQueue[tuple[Callable[[], object], Future[object]]] = SimpleQueue()

    def ask(self, question: Callable[[], object]) -> None:
        """Let the waiting thread run `question`, and wait for its end. Raises what it raises, and Stopped."""
        answer: Future[object] = Future()
        self._asked.put((question, answer))
        while not answer.done():
            if self._stop.wait(_PAUSE):
                raise Stopped
        answer.result()

    def wait(self, running: Sequence[Future[Any]]) -> None:
        """Wait for the work, and ask its questions one after another. Ends early if a part of it raised an exception.

        Raises KeyboardInterrupt, also while a question is asked.
        """
        while True:
            done, pending = wait(running, timeout=_PAUSE, return_when=FIRST_EXCEPTION)
            if not pending or any(future.exception() for future in done):
                return
            self._answer()

    def _answer(self) -> None:
        try:
            while True:
                question, answer = self._asked.get_nowait()
                try:
                    answer.set_result(question())
                except Exception as error:  # noqa: BLE001 (whoever asked gets it)
                    answer.set_exception(error)
        except Empty:
            return
