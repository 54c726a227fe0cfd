"""Applying a plan: independent changes side by side, dependants after, everything verified and recorded."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Literal, TypeAlias

from wizard.engine.events import Event
from wizard.engine.journal import Journal, RunOutcome
from wizard.engine.patience import Time
from wizard.engine.perform import LeftRunning, Performer
from wizard.engine.plan import SIDE_BY_SIDE, Plan
from wizard.engine.resource import Change, Clouds, Refused, Resource

Outcome: TypeAlias = Refused | Literal["done", "skipped", "stopped"]


@dataclass(frozen=True)
class Failure:
    """A change that could not be brought about, and why."""

    change: Change
    error: Refused


@dataclass(frozen=True)
class Result:
    """What came of a plan's pending changes; every one of them is in exactly one of the three."""

    run: str | None = None
    """The run in the journal; `None` if there was nothing to do."""
    done: tuple[Change, ...] = ()
    failures: tuple[Failure, ...] = ()
    skipped: tuple[Change, ...] = ()
    """Not begun: what they need was not done, or a stop was asked for. A long operation may be left running."""
    interrupted: bool = False
    """Whether a stop request left something undone."""

    @property
    def ok(self) -> bool:
        """Whether everything is so now."""
        return not (self.failures or self.skipped)


def apply(
    plan: Plan,
    clouds: Clouds,
    on_event: Callable[[Event], None],
    journal: Journal,
    *,
    title: str,
    setup: str,
    stop: threading.Event | None = None,
    time: Time | None = None,
) -> Result:
    """Make the plan's changes. What a cloud refuses is in the result; only a journal that cannot be used raises.

    `on_event` is called from other threads, but never twice at the same time. Setting `stop`, or an interrupt (Ctrl-C)
    while this waits in the main thread, lets what is running finish and begins nothing else; only long operations are
    left to their cloud, which goes on with them. `title` and `setup`, the
    setup file's text, go into the journal. An empty plan writes nothing, not even there.
    """
    if plan.empty:
        return Result()
    applying = _Applying(plan, clouds, on_event, journal, stop or threading.Event(), time or Time())
    # An interrupt reaches only the main thread: with the work in others, it can never break a change in two.
    with ThreadPoolExecutor(max_workers=1) as conductor:
        running = conductor.submit(applying.run, title, setup)
        while not running.done():
            try:
                wait([running])
            except KeyboardInterrupt:
                applying.stop.set()
    return running.result()


class _Applying:
    def __init__(
        self,
        plan: Plan,
        clouds: Clouds,
        on_event: Callable[[Event], None],
        journal: Journal,
        stop: threading.Event,
        time: Time,
    ) -> None:
        self.plan, self.clouds, self.journal, self.stop, self.time = plan, clouds, journal, stop, time
        self._on_event = on_event
        self._one_at_a_time = threading.Lock()

    def run(self, title: str, setup: str) -> Result:
        run = self.journal.begin(title, setup)
        ended: RunOutcome = "failed"
        try:
            result = self._sorted_out(run, self._make_all(run))
            ended = "interrupted" if result.interrupted else "done" if result.ok else "failed"
        finally:
            self.journal.end(run, ended)
        return result

    def _make_all(self, run: str) -> dict[Resource, Outcome]:
        """Hand out the changes in the plan's order: what one waits for is always in hand before it."""
        made: dict[Resource, Future[Outcome]] = {}
        with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as workers:
            for change in self.plan.pending:
                performer = Performer(change, self.clouds, self.journal, run, self.time, self._tell, self.stop)
                needs = {need: made[need] for need in self._needs(change.resource, made)}
                made[change.resource] = workers.submit(self._make, performer, needs)
        return {resource: outcome.result() for resource, outcome in made.items()}

    def _needs(self, resource: Resource, pending: dict[Resource, Future[Outcome]]) -> Iterator[Resource]:
        """The pending resources that come before this one, also where what lies between is in place."""
        for need in resource.needs:
            if need in pending:
                yield need
            else:
                yield from self._needs(need, pending)

    def _make(self, performer: Performer, needs: dict[Resource, Future[Outcome]]) -> Outcome:
        if awaited := [str(need) for need, outcome in needs.items() if not outcome.done()]:
            performer.tell("waiting", f"for {', '.join(awaited)}")
        missing = [str(need) for need, outcome in needs.items() if outcome.result() != "done"]
        if self.stop.is_set():
            performer.tell("skipped", "stopped before it was begun")
            return "stopped"
        if missing:
            performer.tell("skipped", f"needs {', '.join(missing)}")
            return "skipped"
        try:
            performer.perform()
        except LeftRunning:
            return "stopped"
        except Refused as error:
            return error
        return "done"

    def _tell(self, event: Event) -> None:
        with self._one_at_a_time:
            self._on_event(event)

    def _sorted_out(self, run: str, outcomes: dict[Resource, Outcome]) -> Result:
        paired = [(change, outcomes[change.resource]) for change in self.plan.pending]
        return Result(
            run=run,
            done=tuple(change for change, outcome in paired if outcome == "done"),
            failures=tuple(Failure(change, outcome) for change, outcome in paired if isinstance(outcome, Refused)),
            skipped=tuple(change for change, outcome in paired if outcome in ("skipped", "stopped")),
            interrupted=any(outcome == "stopped" for _, outcome in paired),
        )
