"""From the engine to the screens: work in threads, which only post messages to the page that asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker

from screens.messages import (
    Applied,
    ConsentNeeded,
    Detected,
    EventHappened,
    Failed,
    Listed,
    Loaded,
    OutcomeHappened,
    ProgressHappened,
    Recognised,
    Reviewed,
    Tested,
    TestStopped,
)
from screens.session import Session
from screens.threads import in_thread, unless_closed

if TYPE_CHECKING:
    from wizard.modes.mode import Operator
    from wizard.setup.answers import Answers
    from wizard.work.planning import Review

__all__ = [
    "Applied",
    "Bridge",
    "ConsentNeeded",
    "Detected",
    "EventHappened",
    "Failed",
    "Listed",
    "Loaded",
    "OutcomeHappened",
    "ProgressHappened",
    "Recognised",
    "Reviewed",
    "TestStopped",
    "Tested",
]

RECENT = 600.0
"""Seconds for which a grant counts as recent: the test tries a refusal again that it explains."""


class Bridge:
    """Starts work for pages. Every method returns at once; the page hears the rest in messages."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._stops = [session.stop]

    def stop(self) -> None:
        """Ask all work that can be stopped to stop."""
        for each in self._stops:
            each.set()

    def review(self, page: Widget) -> Worker[None]:
        """Plan and preflight: Reviewed, or Failed(doing="review"); nothing if the answers were changed meanwhile."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import planning

            opened = self.session.open()
            reviewed = planning.review(opened)
            if opened is self.session.opened:
                post(Reviewed(reviewed))

        return self.start(page, "review", work)

    def apply(self, page: Widget, review: Review) -> Worker[None]:
        """Make the changes: EventHappened each time, then Applied, or Failed(doing="apply")."""
        self.session.stop.clear()
        self.session.applying = True

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import applying

            try:
                opened = self.session.open()
                result = applying.apply(opened, review, lambda event: post(EventHappened(event)), self.session.stop)
            finally:
                self.session.applying = False
            self.session.result = result
            post(Applied(result))

        return self.start(page, "apply", work, outlives=True)

    def test(
        self, page: Widget, place: str = "", consent: bool = False, stop: threading.Event | None = None
    ) -> Worker[None]:
        """Test every workload in a place, or in the likely one: OutcomeHappened and ProgressHappened, then Tested.

        ConsentNeeded if consent is to be asked for first; TestStopped once `stop` was set and all is tidied up.
        Failed(doing="test") when the test could not begin, or did not tidy up after itself.
        """
        stop = stop or threading.Event()
        self._stops.append(stop)

        def work(post: Callable[[Message], None]) -> None:
            from wizard.chain.child import Stopped
            from wizard.modes.opened import Consent, Listener
            from wizard.work import testing

            def unless_stopped(message: Message) -> None:
                if not stop.is_set():
                    post(message)

            def agree(needed: Consent) -> None:
                if not consent:
                    raise needed

            listener = Listener(
                lambda workload, outcome: unless_stopped(OutcomeHappened(outcome, workload)),
                lambda workload, progress: unless_stopped(ProgressHappened(progress, workload)),
                agree,
            )
            try:
                opened = self.session.open()
                outcomes = testing.test_setup(opened, place or opened.likely_place, listener, RECENT, stop)
            except Stopped:
                post(TestStopped())
            except Consent as needed:
                post(TestStopped() if stop.is_set() else ConsentNeeded(needed))
            else:
                post(Tested(outcomes))

        return self.start(page, "test", work, outlives=consent)

    def detect(self, page: Widget) -> Worker[None]:
        """Look around on this machine, for every mode: Detected."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import detecting

            post(Detected(detecting.defaults(self.session.environ)))

        return self.start(page, "detect", work)

    def recognise(self, page: Widget, operator: Operator) -> Worker[None]:
        """Ask a cloud who the operator is: Recognised, or Failed(doing="recognise CLOUD")."""

        def work(post: Callable[[Message], None]) -> None:
            post(Recognised(operator.cloud, operator.recognise(self.session.clouds())))

        return self.start(page, f"recognise {operator.cloud}", work)

    def listing(self, page: Widget, name: str, answers: Answers | None = None) -> Worker[None]:
        """Read a live list for these answers, or all there are: Listed, or Failed(doing="list NAME")."""
        given = answers or self.session.answers

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import detecting

            found = detecting.listing(self.session.mode, name, self.session.clouds(), given)
            post(Listed(name, found, found.note))

        return self.start(page, f"list {name}", work)

    def load(self, page: Widget, path: Path) -> Worker[None]:
        """Read a setup file: Loaded, or Failed(doing="load PATH"), with a SetupError for what is in it."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import opening

            setup = opening.read_setup(path)
            mode = opening.mode_of(setup)
            post(Loaded(path, mode, mode.answers_of(setup, self.session.detected)))

        return self.start(page, f"load {path}", work)

    def start(
        self,
        page: Widget,
        doing: str,
        work: Callable[[Callable[[Message], None]], None],
        outlives: bool = False,
    ) -> Worker[None]:
        """Run `work(post)` in a thread of its own, one of each kind (`doing`) at a time for a page.

        What a cloud, a file or a setup refuses becomes Failed; anything else ends the app with its apology. The thread
        does not hold the process at exit unless it `outlives` the app, as work that must not be broken in two does.
        """

        loop = asyncio.get_running_loop()

        def post(message: Message) -> None:
            unless_closed(loop, lambda: page.post_message(message))

        def run() -> None:
            from wizard.engine.resource import Refused
            from wizard.setup.problems import BadInput

            try:
                work(post)
            except (Refused, BadInput, OSError) as error:
                post(Failed(error, doing))

        coroutine = in_thread(run, lasting=outlives)
        return page.run_worker(coroutine, name=doing, group=doing, exclusive=True)
