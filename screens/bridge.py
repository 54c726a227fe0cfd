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
    Detected,
    EventHappened,
    Failed,
    Listed,
    Loaded,
    OutcomeHappened,
    Recognised,
    Reviewed,
    SettlingHappened,
    Tested,
    TestStopped,
    TrustNeeded,
)
from screens.session import Session
from screens.threads import in_thread, unless_closed

if TYPE_CHECKING:
    from wizard.chain.trusted import NeedsTrust
    from wizard.commands.planning import Reviewed as Review

__all__ = [
    "Applied",
    "Bridge",
    "Detected",
    "EventHappened",
    "Failed",
    "Listed",
    "Loaded",
    "OutcomeHappened",
    "Recognised",
    "Reviewed",
    "SettlingHappened",
    "TestStopped",
    "Tested",
    "TrustNeeded",
]

SETTLES = 600.0
"""Seconds for which a grant counts as young: a refusal that it explains is tried again."""


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
            from wizard.commands import planning

            opened = self.session.open()
            reviewed = planning.review(opened, None)
            if opened is self.session.opened:
                post(Reviewed(reviewed))

        return self.start(page, "review", work)

    def apply(self, page: Widget, review: Review) -> Worker[None]:
        """Make the changes: EventHappened each time, then Applied, or Failed(doing="apply")."""
        self.session.stop.clear()
        self.session.applying = True

        def work(post: Callable[[Message], None]) -> None:
            from wizard.commands import apply

            try:
                opened = self.session.open()
                result = apply.carry_out(opened, review, lambda event: post(EventHappened(event)), self.session.stop)
            finally:
                self.session.applying = False
            self.session.result = result
            post(Applied(result))

        return self.start(page, "apply", work, outlives=True)

    def test(
        self, page: Widget, place: str, consent: bool = False, stop: threading.Event | None = None
    ) -> Worker[None]:
        """Walk the chain: OutcomeHappened and SettlingHappened, then Tested; TrustNeeded if consent is to be asked.

        TestStopped once `stop` was set and all is tidied up. Failed(doing="test") when the test could not begin, or did
        not tidy up after itself.
        """
        stop = stop or threading.Event()
        self._stops.append(stop)

        def work(post: Callable[[Message], None]) -> None:
            from wizard.chain.child import Stopped
            from wizard.chain.trusted import NeedsTrust
            from wizard.commands import test

            def tell(message: Message) -> None:
                if not stop.is_set():
                    post(message)

            def agree(need: NeedsTrust) -> None:
                if not consent:
                    raise need

            try:
                outcomes = test.carry_out(
                    self.session.open(),
                    place,
                    SETTLES,
                    lambda outcome: tell(OutcomeHappened(outcome)),
                    lambda settling: tell(SettlingHappened(settling)),
                    agree,
                    stop,
                )
            except Stopped:
                post(TestStopped())
            except NeedsTrust as need:
                post(TestStopped() if stop.is_set() else TrustNeeded(need))
            else:
                post(Tested(outcomes))

        return self.start(page, "test", work, outlives=consent)

    def detect(self, page: Widget) -> Worker[None]:
        """Look around on this machine: Detected."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard import detect

            post(Detected(detect.defaults(self.session.environ)))

        return self.start(page, "detect", work)

    def recognise(self, page: Widget, cloud: str) -> Worker[None]:
        """Ask a cloud who the operator is: Recognised, or Failed(doing="recognise aws")."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard import detect

            ask = {"aws": detect.aws_operator, "google": detect.google_operator}[cloud]
            post(Recognised(cloud, ask(self.session.clouds())))

        return self.start(page, f"recognise {cloud}", work)

    def listing(self, page: Widget, name: str) -> Worker[None]:
        """Read a live list: Listed, or Failed(doing="list NAME")."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard import detect

            found = detect.listing(name, self.session.clouds(), self.session.answers)
            post(Listed(name, found, found.note))

        return self.start(page, f"list {name}", work)

    def load(self, page: Widget, path: Path) -> Worker[None]:
        """Read a setup file: Loaded, or Failed(doing="load PATH"), with a SetupError for what is in it."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard import consistency
            from wizard.commands.exits import BadInput
            from wizard.setup.answers import Answers
            from wizard.setup.load import SetupError, load
            from wizard.setup.model import AwsSetup

            setup = load(path)
            if problems := consistency.problems(setup):
                raise SetupError(problems, str(path))
            if not isinstance(setup, AwsSetup):
                raise BadInput(f"{path} is about {setup.mode}; the wizard opens setups of mode aws")
            post(Loaded(path, Answers.from_setup(setup, self.session.answers.detected)))

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
            from wizard.chain.trusted import NotRemoved, RootRefused
            from wizard.commands.exits import BadInput
            from wizard.engine.resource import Refused
            from wizard.setup.problems import SetupError

            try:
                work(post)
            except (Refused, BadInput, SetupError, RootRefused, NotRemoved, OSError) as error:
                post(Failed(error, doing))

        coroutine = in_thread(run, lasting=outlives)
        return page.run_worker(coroutine, name=doing, group=doing, exclusive=True)
