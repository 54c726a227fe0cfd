"""What a pod has printed, and readers that wait for more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

MOST = 1024 * 1024
"""Bytes that are kept of a log; a program that prints more is not heard any longer."""


class Log:
    """The bytes that a container has printed so far."""

    def __init__(self) -> None:
        self.data = b""
        self.ended = False
        self._changed = asyncio.Event()

    def write(self, data: bytes) -> None:
        """Add what was printed."""
        self.data = (self.data + data)[:MOST]
        self._wake()

    def end(self) -> None:
        """Mark the log as complete."""
        self.ended = True
        self._wake()

    async def follow(self, begin: int = 0) -> AsyncIterator[bytes]:
        """The output from that byte on, and then what is added, until the end."""
        at = begin
        while True:
            changed = self._changed
            if at < len(self.data):
                chunk, at = self.data[at:], len(self.data)
                yield chunk
            elif self.ended:
                return
            else:
                await changed.wait()

    def tail(self, lines: int | None) -> int:
        """Where the last lines begin."""
        if lines is None:
            return 0
        at = len(self.data) - (1 if self.data.endswith(b"\n") else 0)
        for _ in range(lines):
            at = self.data.rfind(b"\n", 0, max(at, 0))
            if at < 0:
                return 0
        return at + 1

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
