"""Driving the wizard: sizes, and waiting for what must come about."""

from collections.abc import Callable
from time import monotonic

from textual.pilot import Pilot

SMALL, LARGE, TINY = (80, 24), (120, 40), (40, 12)
PATIENCE = 10.0
"""Seconds that a condition is waited for."""


async def settled(pilot: Pilot[int]) -> None:
    """Wait until no worker runs and all that they posted is shown."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Wait for a condition; fails after PATIENCE."""
    deadline = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < deadline, "this did not come about in time"
        await pilot.pause(0.01)
