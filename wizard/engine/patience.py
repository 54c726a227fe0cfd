"""Waiting for a cloud: short pauses at first, longer ones later, and an end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep

SHORTEST = 0.05
LONGEST = 1.0
GROWTH = 1.5


@dataclass(frozen=True)
class Time:
    """The clock and the pause that all waiting uses, in seconds."""

    clock: Callable[[], float] = monotonic
    pause: Callable[[float], None] = sleep


@dataclass
class Patience:
    """One wait: pauses that grow from 50 ms to 1 s, so that it ends within 1 s of what it waits for."""

    time: Time
    seconds: float
    _end: float = field(init=False)
    _next: float = field(init=False, default=SHORTEST)

    def __post_init__(self) -> None:
        self._end = self.time.clock() + self.seconds

    def wait(self) -> bool:
        """Pause once; False, without pausing, when the deadline has passed."""
        if self.time.clock() >= self._end:
            return False
        self.time.pause(self._next)
        self._next = min(self._next * GROWTH, LONGEST)
        return True

    def quicken(self) -> None:
        """Go back to short pauses: what is waited for has begun to show."""
        self._next = SHORTEST
