"""The answers of reads, each asked for once, however many threads want it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, TypeVar

from wizard.clouds.errors import CloudError

T = TypeVar("T")


class SharedReads:
    """Keeps answers, and the errors of refused reads, until a write drops them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[Hashable, Future[Any]] = {}

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return the answer to the read `key`: `read()` if nobody has asked yet, else what that answered.

        Callers must not change the answer. Raises what `read` raised.
        """
        with self._lock:
            known = self._answers.get(key)
            future = known or self._answers.setdefault(key, Future())
        if known is None:
            _settle(future, read)
        try:
            answer: T = future.result()
            return answer
        except CloudError as error:  # each caller gets an error of its own, to which it can add a hint
            raise replace(error) from error

    def known(self, key: Hashable) -> Any:
        """Return the answer to the read `key` if somebody has had it; None if nobody has, or it was refused."""
        with self._lock:
            asked = self._answers.get(key)
        return asked.result() if asked is not None and asked.done() and asked.exception() is None else None

    def drop(self) -> None:
        """Forget every answer, because a write may have changed what they say."""
        with self._lock:
            self._answers = {}


class ScopedReads:
    """The part of shared reads that is about one thing, such as a cluster."""

    def __init__(self, reads: SharedReads, scope: Hashable) -> None:
        self._reads, self._scope = reads, scope

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what `SharedReads.once` returns for the key in this scope. Raises what it raises."""
        return self._reads.once((self._scope, key), read)


class ReadsForGood(SharedReads):
    """Keeps every answer. What drops answers elsewhere, such as the request for a token, changes nothing here."""

    def drop(self) -> None:
        """Keep the answers."""


class ReadsInFlight(SharedReads):
    """Shares an answer only among those who ask while the read is running, so that no answer is older than its read."""

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return the answer of the same read that is running, else of `read()`. Raises what it raised."""
        try:
            return super().once(key, read)
        finally:
            with self._lock:
                known = self._answers.get(key)
                if known is not None and known.done():
                    del self._answers[key]


class ReadsBeforeWrite(SharedReads):
    """Shares answers until the first `drop`. From then on every read is made."""

    def __init__(self) -> None:
        super().__init__()
        self._written = False

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return the known answer to the read `key` before the first write, else `read()`. Raises what it raised."""
        return read() if self._written else super().once(key, read)

    def drop(self) -> None:
        """Stop sharing."""
        self._written = True
        super().drop()


def _settle(future: Future[Any], read: Callable[[], object]) -> None:
    try:
        future.set_result(read())
    except BaseException as error:  # noqa: BLE001 (everyone who waits gets it)
        future.set_exception(error)
