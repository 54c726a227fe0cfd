"""The exit codes."""

from __future__ import annotations

from collections.abc import Iterable

DONE = 0
REFUSED = 1
PENDING = 2
USAGE = 64
INTERRUPTED = 130

_FROM_GOOD_TO_BAD = (DONE, PENDING, REFUSED, USAGE, INTERRUPTED)


def worst(codes: Iterable[int]) -> int:
    """Return the exit code of a command that works on several setups: that of the setup that ended worst."""
    return max(codes, key=_FROM_GOOD_TO_BAD.index, default=DONE)
