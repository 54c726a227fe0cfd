"""Apply a plan: run independent changes in parallel, dependent ones in order, and verify and record each one."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Literal, TypeAlias

from wizard.engine.events import Event
from wizard.engine.journal import Details, Journal, Run, RunOutcome
from wizard.engine.patience import Time
from wizard.engine.perform import BeforeWrite, LeftRunning, Performer
from wizard.engine.plan import SIDE_BY_SIDE, Plan
from wizard.engine.resource import Change, Clouds, Refused, Resource
from wizard.language import _

ChangeOutcome: TypeAlias = Refused | Literal["done", "found", "skipped", "stopped"]
"""The outcome of one change: the refusal if it failed; found if another process had made it since the review."""

_IN_PLACE = ("done", "found")


@dataclass(frozen=True)
class Failure:
    """A change that failed, and the refusal that made it fail."""

    change: Change
    error: Refused


@dataclass(frozen=True)
class Result:
    """The outcome of a plan. Each pending change is in exactly one of `done`, `found`, `failures` and `skipped`."""

    run: str | None = None
    """The id of the run in the journal; `None` if there was nothing to do."""
    done: tuple[Change, ...] = ()
    failures: tuple[Failure, ...] = ()
    skipped: tuple[Change, ...] = ()
    """Changes that did not start, because another change failed or the user stopped; and operations left running."""
    interrupted: bool = False
    """Whether a stop request left changes undone."""
    found: tuple[Change, ...] = ()
    """Changes that another process had made since the review."""

    @property
    def is_of_others(self) -> bool:
        """Whether other processes had made all changes of the plan since the review."""
        return self.ok and not self.done and bool(self.found)

    @property
    def ok(self) -> bool:
        """Whether all changes of the plan are done."""
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
    on_interrupt: Callable[[], object] = lambda: None,
    before_write: BeforeWrite = nullcontext,
    details: Details | None = None,
    on_begin: Callable[[str], object] = lambda _run: None,
    check: Callable[[list[Run]], object] | None = None,
) -> Result:
    """Apply the pending changes of a plan. Returns the refusals in the result; raises only JournalError.

    `on_event` is called from other threads, one call at a time. After `stop` is set, or after Ctrl-C in the main
    thread, running changes finish and no other change starts; a long operation continues in its cloud without being
    waited for. `on_interrupt` is called at each Ctrl-C, to answer it at once. `before_write` gives the clouds for the
    last read before a write and for the write, which can be based on that read. The journal records `title`,
    `setup`, the text of the setup file, and `details`. `on_begin` gets the id of the run before the first change.
    `check` gets the runs in the journal before that, and what it raises is raised. An empty plan writes nothing, not
    even to the journal.
    """
    if plan.empty:
        return Result()
    applying = _Applying(plan, clouds, on_event, journal, stop or threading.Event(), time or Time(), before_write)
    # Ctrl-C reaches only the main thread. The changes run in other threads, so that it never interrupts one halfway.
    with ThreadPoolExecutor(max_workers=1) as conductor:
        running = conductor.submit(applying.run, title, setup, details, on_begin, check)
        while not running.done():
            try:
                wait([running])
            except KeyboardInterrupt:
                applying.stop.set()
                on_interrupt()
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
        before_write: BeforeWrite,
    ) -> None:
        self._before_write = before_write
        self.plan, self.clouds, self.journal, self.stop, self.time = plan, clouds, journal, stop, time
        self._on_event = on_event
        self._one_at_a_time = threading.Lock()

    def run(
        self,
        title: str,
        setup: str,
        details: Details | None,
        on_begin: Callable[[str], object],
        check: Callable[[list[Run]], object] | None,
    ) -> Result:
        run = self.journal.begin(title, setup, details, check)
        ended: RunOutcome = "failed"
        try:
            on_begin(run)
            result = self._result(run, self._apply_all(run))
            ended = "interrupted" if result.interrupted else "done" if result.ok else "failed"
        finally:
            self.journal.end(run, ended)
        return result

    def _apply_all(self, run: str) -> dict[Resource, ChangeOutcome]:
        """Submit the changes in the order of the plan, so that a change is submitted after those that it waits for."""
        submitted: dict[Resource, Future[ChangeOutcome]] = {}
        with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as workers:
            for change in self.plan.pending:
                performer = Performer(
                    change, self.clouds, self.journal, run, self.time, self._report, self.stop, self._before_write
                )
                needs = {need: submitted[need] for need in self._needs(change.resource, submitted)}
                submitted[change.resource] = workers.submit(self._apply_one, performer, needs)
        return {resource: outcome.result() for resource, outcome in submitted.items()}

    def _needs(self, resource: Resource, pending: dict[Resource, Future[ChangeOutcome]]) -> Iterator[Resource]:
        """Yield the pending resources that this one needs, directly or through resources that are in place."""
        for need in resource.needs:
            if need in pending:
                yield need
            else:
                yield from self._needs(need, pending)

    def _apply_one(self, performer: Performer, needs: dict[Resource, Future[ChangeOutcome]]) -> ChangeOutcome:
        awaited = [str(need) for need, outcome in needs.items() if not outcome.done()]
        if awaited:
            performer.report("waiting", _("waiting for {resources}").format(resources=", ".join(awaited)))
        missing = [str(need) for need, outcome in needs.items() if outcome.result() not in _IN_PLACE]
        if self.stop.is_set():
            performer.report("skipped", _("the wizard did not start this change, because the run was stopped"))
            return "stopped"
        if missing:
            performer.report("skipped", _("needs {resources}").format(resources=", ".join(missing)))
            return "skipped"
        try:
            return "done" if performer.perform() else "found"
        except LeftRunning:
            return "stopped"
        except Refused as error:
            return error

    def _report(self, event: Event) -> None:
        with self._one_at_a_time:
            self._on_event(event)

    def _result(self, run: str, outcomes: dict[Resource, ChangeOutcome]) -> Result:
        paired = [(change, outcomes[change.resource]) for change in self.plan.pending]
        return Result(
            run=run,
            done=tuple(change for change, outcome in paired if outcome == "done"),
            found=tuple(change for change, outcome in paired if outcome == "found"),
            failures=tuple(Failure(change, outcome) for change, outcome in paired if isinstance(outcome, Refused)),
            skipped=tuple(change for change, outcome in paired if outcome in ("skipped", "stopped")),
            interrupted=any(outcome == "stopped" for _, outcome in paired),
        )
