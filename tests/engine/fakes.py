"""A cloud in memory that does what it is told to, things in it, and a clock that only pauses move."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from wizard.engine.apply import Result, apply
from wizard.engine.events import Event
from wizard.engine.journal import Journal
from wizard.engine.patience import Time
from wizard.engine.plan import Plan
from wizard.engine.resource import GONE, Change, Operation, Refused, Resource, State

Step = Exception | Callable[[], object] | None


class Early(Refused):
    """Not visible yet."""


class Exists(Refused):
    """There is one already."""


class SwitchedOff(Refused):
    """The API is not on yet."""


class FakeCloud:
    """Things by name. `then(verb, name, ...)` scripts what happens at the next calls: an error, a function, nothing."""

    def __init__(self, **things: State) -> None:
        self.things: dict[str, State] = dict(things)
        self.calls: list[tuple[str, str]] = []
        self.wrote: list[tuple[str, str]] = []
        self._scripts: dict[tuple[str, str], deque[Step]] = defaultdict(deque)
        self._lock = threading.Lock()

    def then(self, verb: str, name: str, *steps: Step) -> None:
        self._scripts[verb, name].extend(steps)

    def call(self, verb: str, name: str) -> None:
        with self._lock:
            self.calls.append((verb, name))
            script = self._scripts[verb, name]
            step = script.popleft() if script else None
        if isinstance(step, Exception):
            raise step
        if step is not None:
            step()

    def write(self, verb: str, name: str, state: State) -> None:
        with self._lock:
            if verb == "create" and name in self.things:
                raise Exists(f"{name} already exists")
            self.wrote.append((verb, name))
            self.things[name] = {**self.things.get(name, {}), **state}

    def writes_tried(self) -> list[tuple[str, str]]:
        return [call for call in self.calls if call[0] != "read"]


@dataclass(frozen=True, eq=False)
class Thing(Resource):
    kind: ClassVar[str] = "thing"
    name: str
    wanted: State = field(default_factory=lambda: {"size": 1})
    needs: tuple[Resource, ...] = ()

    def desired(self) -> State:
        return self.wanted

    def read(self, clouds: FakeCloud) -> State | None:
        clouds.call("read", self.name)
        return clouds.things.get(self.name)

    def create(self, clouds: FakeCloud) -> Operation | None:
        clouds.call("create", self.name)
        clouds.write("create", self.name, self.wanted)
        return None

    def update(self, clouds: FakeCloud, change: Change) -> Operation | None:
        clouds.call(change.action, self.name)
        clouds.write(change.action, self.name, {"state": "ACTIVE"} if change.action == "undelete" else self.wanted)
        return None

    def unreadable(self, error: Refused) -> str | None:
        return "the plan switches it on" if isinstance(error, SwitchedOff) else None

    def not_yet(self, error: Refused) -> bool:
        return isinstance(error, Early)

    def moved(self, error: Refused) -> bool:
        return isinstance(error, Exists)


class Flapping(Thing):
    steady_reads: ClassVar[int] = 3


@dataclass(frozen=True, eq=False)
class Going(Thing):
    """A thing that is to be deleted."""

    wanted: State = field(default_factory=lambda: GONE)

    def delete(self, clouds: FakeCloud) -> Operation | None:
        clouds.call("delete", self.name)
        del clouds.things[self.name]
        return None


@dataclass(frozen=True, eq=False)
class Slow(Thing):
    """Its creation goes on as an operation that is done at the fourth poll."""

    error: Refused | None = None
    long: bool = False

    def create(self, clouds: FakeCloud) -> Operation | None:
        super().create(clouds)
        polls = iter(range(1, 4))
        said: list[str] = []

        def poll() -> bool:
            clouds.call("poll", self.name)
            said.append(f"{next(polls, 4)} of 4 nodes")
            if self.error and len(said) == 2:
                raise self.error
            return len(said) == 4

        return Operation(f"operations/{self.name}", poll, lambda: said[-1], long=self.long)


class FakeTime:
    """A clock that stands still but for pauses; `then` scripts what happens during the next pauses."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []
        self.then: deque[Callable[[], object]] = deque()
        self._lock = threading.Lock()

    def pause(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds
            self.pauses.append(seconds)
            step = self.then.popleft() if self.then else None
        if step:
            step()

    def time(self) -> Time:
        return Time(lambda: self.now, self.pause)


@dataclass
class Bench:
    """All that one test needs to apply plans."""

    path: Path
    clouds: FakeCloud = field(default_factory=FakeCloud)
    time: FakeTime = field(default_factory=FakeTime)
    events: list[Event] = field(default_factory=list)

    @property
    def journal(self) -> Journal:
        return Journal(self.path)

    def apply(self, plan: Plan, **options: Any) -> Result:
        return self.apply_to(plan, self.events.append, **options)

    def apply_to(self, plan: Plan, listener: Callable[[Event], None], **options: Any) -> Result:
        words = {"title": "a test", "setup": "version: 1\n", "time": self.time.time()}
        return apply(plan, self.clouds, listener, self.journal, **(words | options))

    def said(self, name: str) -> list[tuple[str, str]]:
        return [(event.kind, event.text) for event in self.events if event.change.resource.name == name]
