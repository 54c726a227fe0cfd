"""The events that apply reports while it runs."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from wizard.engine.resource import Change

EventKind: TypeAlias = Literal["waiting", "started", "progress", "settling", "done", "failed", "skipped"]


@dataclass(frozen=True)
class Event:
    """Reports the progress of one change. Events are delivered one at a time; those of one change are in order."""

    kind: EventKind
    """waiting: for other changes; progress: of an operation; settling: written, but not read back yet."""
    change: Change
    text: str
    """Text for the user: what the change waits for, what it did, or why it failed or was skipped."""
    elapsed: float
    """Seconds since the change started; 0 before it starts."""
