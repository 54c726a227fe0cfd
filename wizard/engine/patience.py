"""Waiting for a cloud: pauses that grow, up to a deadline."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep

SHORTEST = 0.05
LONGEST = 1.0
GROWTH = 1.5


@dataclass(frozen=True)
class Time:
    """The clock and the sleep function that all waiting uses, both in seconds. Tests replace them."""

    clock: Callable[[], float] = monotonic
    pause: Callable[[float], None] = sleep


@dataclass
class Patience:
    """One wait of at most `seconds`, with pauses that grow from 50 ms to 1 s."""

    time: Time
    seconds: float
    _end: float = field(init=False)
    _next: float = field(init=False, default=SHORTEST)

    def __post_init__(self) -> None:
        self._end = self.time.clock() + self.seconds

    def wait(self) -> bool:
        """Pause once. Returns False, without a pause, after the deadline."""
        if self.time.clock() >= self._end:
            return False
        self.time.pause(self._next)
        self._next = min(self._next * GROWTH, LONGEST)
        return True

    def quicken(self) -> None:
        """Go back to short pauses, when the first sign of success was seen."""
        self._next = SHORTEST
