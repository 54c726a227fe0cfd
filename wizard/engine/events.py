"""What applying a plan reports while it runs."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from wizard.engine.resource import Change

Kind: TypeAlias = Literal["waiting", "started", "progress", "settling", "done", "failed", "skipped"]


@dataclass(frozen=True)
class Event:
    """One thing that happened to one change; delivered one at a time, each change's in order."""

    kind: Kind
    """waiting: for what it needs; progress: of an operation; settling: written, and waited for until it reads so."""
    change: Change
    text: str
    """For people: what is waited for, what was done, why it failed or was skipped."""
    elapsed: float
    """Seconds since the change was started; 0 before."""
