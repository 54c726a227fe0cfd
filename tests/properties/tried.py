"""What the properties count, and how they run the engine: plan, apply, plan the revert, apply the revert."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, Phase, settings

from tests.engine.fakes import FakeTime
from wizard.clouds.reading import before_write, in_flight
from wizard.engine.apply import Result, apply
from wizard.engine.journal import Journal, Write
from wizard.engine.plan import Plan, plan
from wizard.engine.resource import Refused, Resource
from wizard.engine.revert import LeftInPlace, plan_revert
from wizard.resources import policies

Json = dict[str, Any]

VARIABLE = "WIF_WIZARD_POLICIES"
"""The environment variable that has the number of examples of each property; `make policies` sets it."""
EXAMPLES = int(os.environ.get(VARIABLE, "40"))
ATTEMPTS = 4
"""How often the operator runs apply, or revert, again. Other writers are quiet from the second time on."""


def seeded(examples: int = EXAMPLES) -> settings:
    """Return the settings of a property: the same examples at each run, unless the environment asks for more."""
    return settings(
        max_examples=examples,
        derandomize=VARIABLE not in os.environ,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


@dataclass
class Harm:
    """What went wrong in one example or in many, one text each. All of these are empty."""

    lost: list[str] = field(default_factory=list)
    """Members, statements or fields that were there before the run, and that the wizard removed."""
    twice: list[str] = field(default_factory=list)
    """What the wizard added although it was there."""
    foreign_lost: list[str] = field(default_factory=list)
    """What others changed during or after the run, and that the wizard changed back."""
    other: list[str] = field(default_factory=list)
    """What apply did not add, what revert left, and any other difference."""

    @property
    def found(self) -> list[str]:
        """All texts."""
        return [*self.lost, *self.twice, *self.foreign_lost, *self.other]

    def add(self, more: Harm) -> None:
        """Add what went wrong in another example."""
        self.lost += more.lost
        self.twice += more.twice
        self.foreign_lost += more.foreign_lost
        self.other += more.other


class Foreign:
    """The other writers: what they do just before which call of the wizard, counted from 0 in each part of a run."""

    def __init__(self, *parts: dict[int, list[Callable[[], None]]]) -> None:
        self._parts = list(parts)
        self._calls = itertools.count()

    def next_part(self) -> None:
        """Go on to the next part of the run."""
        self._parts = self._parts[1:]
        self._calls = itertools.count()

    def act(self) -> None:
        """Let the others do what they do before this call."""
        number = next(self._calls)
        for change in self._parts[0].pop(number, []) if self._parts else []:
            change()


@dataclass
class Run:
    """One resource that is applied and reverted, with a clock that only pauses move."""

    resource: Resource
    clouds: Any
    folder: Path
    texts: list[str] = field(default_factory=list)
    """What the events of the last apply or revert said."""

    def __post_init__(self) -> None:
        self.journal = Journal(self.folder / "journal.db")

    def plan(self) -> Plan:
        """Return the plan."""
        return plan([self.resource], self.clouds)

    def apply(self, planned: Plan) -> Result:
        """Apply a plan, as the product does."""
        self.texts.clear()
        time = FakeTime()
        with mock.patch.object(policies, "Time", time.time):
            return apply(
                planned,
                in_flight(self.clouds),
                lambda event: self.texts.append(event.text),
                self.journal,
                title="a property",
                setup="version: 1\n",
                time=time.time(),
                before_write=before_write,
            )

    def apply_until_done(self) -> bool:
        """Plan and apply until everything is in place. Returns False if the wizard refuses to the end."""
        return any(self._attempts(lambda: self.apply(self.plan()).ok))

    def revert_until_done(self, between: Callable[[], None] = lambda: None) -> list[LeftInPlace] | None:
        """Revert all runs so far, as often as it takes. Returns what is left; None if the wizard refuses to the end."""
        writes = self.writes()
        left: list[LeftInPlace] = []

        def once() -> bool:
            nonlocal left
            reverting = plan_revert([self.resource], writes, [], self.clouds)
            left = list(reverting.left)
            between()
            return self.apply(reverting.plan).ok

        return left if any(self._attempts(once)) else None

    def writes(self) -> list[Write]:
        """Return what the runs so far wrote, the oldest first."""
        return [write for run in reversed(self.journal.runs()) for write in self.journal.writes(run.id)]

    @staticmethod
    def _attempts(attempt: Callable[[], bool]) -> Iterator[bool]:
        for _ in range(ATTEMPTS):
            try:
                yield attempt()
            except Refused:
                yield False


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder for one example, in memory where there is such a place: the journal waits for the disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)
