"""Runs the work of the screens in threads, which post their results as messages to the page that started them."""

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
    Diagnosed,
    EventHappened,
    Explained,
    Exported,
    Failed,
    HeldRead,
    Inventoried,
    KeysFound,
    Listed,
    Loaded,
    OutcomeHappened,
    ProgressHappened,
    ProgressSaid,
    Recognised,
    ResumeReady,
    RevertPlanned,
    Reviewed,
    RunsRead,
    SetupBroken,
    Tested,
    TestStopped,
)
from screens.session import SETUP_FILE, Session
from screens.threads import in_thread, unless_closed

if TYPE_CHECKING:
    from wizard.engine.journal import Details
    from wizard.modes.mode import Operator
    from wizard.setup.answers import Answers
    from wizard.setup.replacing import Replaced
    from wizard.work.planning import Review
    from wizard.work.reverting import Revert

__all__ = [
    "Applied",
    "Bridge",
    "ConsentNeeded",
    "Detected",
    "Diagnosed",
    "EventHappened",
    "Explained",
    "Exported",
    "Failed",
    "HeldRead",
    "Inventoried",
    "KeysFound",
    "Listed",
    "Loaded",
    "OutcomeHappened",
    "ProgressHappened",
    "ProgressSaid",
    "Recognised",
    "ResumeReady",
    "RevertPlanned",
    "Reviewed",
    "RunsRead",
    "SetupBroken",
    "TestStopped",
    "Tested",
]


class Bridge:
    """Starts work for pages. Each method returns at once; the page gets the results as messages."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._stops = [session.stop]

    def stop(self) -> None:
        """Ask all work that can be stopped to stop."""
        for stop in self._stops:
            stop.set()

    def review(self, page: Widget) -> Worker[None]:
        """Plan, and check permissions. Posts Reviewed or Failed(doing="review"); nothing if the answers changed."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import planning, resuming

            opened, resumed = self.session.open(), self.session.resumed
            only, override_owner = self.session.half, bool(resumed and resumed.details.override_owner)
            reviewed = planning.review(opened, only, override_owner=override_owner)
            if resumed is not None and reviewed.plan.empty:
                resuming.close(resumed)
            if opened is self.session.opened:
                post(Reviewed(reviewed))

        return self.start(page, "review", work)

    def apply(self, page: Widget, review: Review) -> Worker[None]:
        """Apply the plan. Posts EventHappened for each event, then Applied, or Failed(doing="apply")."""
        self.session.stop.clear()
        self.session.applying = True

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import applying, leftovers

            try:
                opened = self.session.open()
                leftovers.remove(opened, self.session.half)
                result = applying.apply(
                    opened,
                    review,
                    lambda event: post(EventHappened(event)),
                    self.session.stop,
                    accept_loss=True,  # the Review page asked apart
                    details=self._details(),
                )
            finally:
                self.session.applying = False
            self.session.result = result
            self.session.end_run(result)
            post(Applied(result))

        return self.start(page, "apply", work, outlives=True)

    def _details(self) -> Details:
        """Return what the journal records of a run that applies the answers, as the resumed run has it if it is one."""
        from wizard.work import applying

        resumed = self.session.resumed
        if resumed is not None:
            return applying.details_again(resumed)
        return applying.details_of(folder=str(self.session.folder), file=str(self.session.source or ""))

    def read_runs(self, page: Widget) -> Worker[None]:
        """Read the runs in the journal. Posts RunsRead or Failed(doing="runs")."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import runs

            post(RunsRead(runs.recorded()))

        return self.start(page, "runs", work)

    def read_unfinished(self, page: Widget) -> Worker[None]:
        """Read the newest run if it did not end. Posts RunsRead with this run, or with none."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.engine.journal import JournalError
            from wizard.work import runs

            try:
                unfinished = runs.unfinished()
            except JournalError:  # the page of the runs says so
                return
            if unfinished is not None:
                post(RunsRead([unfinished]))

        return self.start(page, "unfinished", work)

    def resume(self, page: Widget, run: str) -> Worker[None]:
        """Read the setup of a run. Posts ResumeReady, RevertPlanned for a run that reverts, or Failed."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import opening, resuming, runs

            found = resuming.find(run)
            if found.details.reverts:
                post(RevertPlanned(resuming.revert(found, self.session.environ)))
                return
            setup = runs.read_setup(found)
            mode = opening.mode_of(setup)
            answers = mode.answers_of(setup, self.session.detected)
            post(ResumeReady(mode, answers, resuming.file_of(found), found))

        return self.start(page, "resume", work)

    def plan_revert(self, page: Widget, run: str) -> Worker[None]:
        """Plan the revert of a run. Posts RevertPlanned or Failed(doing="plan revert")."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import reverting

            post(RevertPlanned(reverting.review(run, environ=self.session.environ)))

        return self.start(page, "plan revert", work)

    def revert(self, page: Widget, revert: Revert) -> Worker[None]:
        """Apply a revert. Posts EventHappened for each event, then Applied, or Failed(doing="revert")."""
        self.session.stop.clear()
        self.session.applying = True

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import leftovers, reverting

            try:
                leftovers.remove(revert.opened)
                result = reverting.apply(
                    revert,
                    lambda event: post(EventHappened(event)),
                    self.session.stop,
                    accept_loss=True,  # the page asked apart
                )
            finally:
                self.session.applying = False
            self.session.end_run(result)
            post(Applied(result))

        return self.start(page, "revert", work, outlives=True)

    def test(
        self, page: Widget, place: str = "", consent: bool = False, stop: threading.Event | None = None
    ) -> Worker[None]:
        """Test all workloads in a place, or in the likely one. Posts OutcomeHappened, ProgressHappened, then Tested.

        With `consent`, the test adds to a cloud what the user confirmed in this session; the app waits until the test
        has removed it. Posts ConsentNeeded for anything else that the test must add, and TestStopped after `stop` is
        set and the test has removed what it added. Posts Failed(doing="test") if the test could not start, or could
        not remove what it added.
        """
        stop = stop or threading.Event()
        self._stops.append(stop)

        def work(post: Callable[[Message], None]) -> None:
            from wizard.chain.slots import Stopped
            from wizard.modes.opened import Consent, Listener
            from wizard.work import leftovers, testing

            def unless_stopped(message: Message) -> None:
                if not stop.is_set():
                    post(message)

            def agree(needed: Consent) -> None:
                if not consent or needed.subject not in self.session.confirmed:
                    raise needed

            listener = Listener(
                lambda workload, outcome: unless_stopped(OutcomeHappened(outcome, workload)),
                lambda workload, progress: unless_stopped(ProgressHappened(progress, workload)),
                agree,
            )
            try:
                opened = self.session.open()
                leftovers.remove(opened)
                outcomes = testing.test_setup(opened, place or opened.best_place, listener, testing.RECENT, stop)
            except Stopped:
                post(TestStopped())
            except Consent as needed:
                post(TestStopped() if stop.is_set() else ConsentNeeded(needed))
            else:
                post(Tested(outcomes))

        return self.start(page, "test", work, outlives=consent)

    def export(self, page: Widget, what: str) -> Worker[None]:
        """Make the files of an export of the open setup. Posts Exported or Failed(doing="export")."""
        opened, file = self.session.opened, self.session.setup_path
        assert opened is not None  # the page offers it only then

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import exporting

            post(Exported(what, exporting.of_opened(opened, file, what)))

        return self.start(page, "export", work)

    def break_setup(self, page: Widget) -> Worker[None]:
        """Apply the setup of the demo, and break it at random. Posts SetupBroken or Failed(doing="break")."""

        def work(post: Callable[[Message], None]) -> None:
            import random

            from wizard.work import breaking, faults

            demo = self.session.demo
            assert demo is not None  # only a demo offers it
            name = random.choice(faults.for_a_running_demo(demo.scenario))
            fault, folder = faults.load(name), Path.cwd()
            breaking.break_setup(folder, name, fault, demo.names)
            post(SetupBroken(fault.title, folder / SETUP_FILE))

        return self.start(page, "break", work, outlives=True)

    def diagnose(self, page: Widget, given: str) -> Worker[None]:
        """Find the cause from what the user gave. Posts ProgressSaid, then Diagnosed, Explained or Failed."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.doctor import messages
            from wizard.modes.configurations import InvalidConfiguration
            from wizard.modes.opened import Inventory
            from wizard.work import diagnosing, starting

            try:
                started = starting.start(given, environ=self.session.environ)
            except InvalidConfiguration as error:
                post(Diagnosed(None, diagnosing.diagnosis_of_invalid(error)))
                return
            if isinstance(started, str):
                post(Explained(messages.recognise(started)))
                return
            if isinstance(started, Inventory):
                post(Inventoried(started))
                return
            post(Diagnosed(started, diagnosing.of(started, lambda sentence: post(ProgressSaid(sentence)))))

        return self.start(page, "diagnose", work)

    def detect(self, page: Widget) -> Worker[None]:
        """Detect defaults on this machine, for all modes. Posts Detected."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import detecting

            post(Detected(detecting.defaults(self.session.environ)))

        return self.start(page, "detect", work)

    def recognise(self, page: Widget, operator: Operator) -> Worker[None]:
        """Ask a cloud who the operator is. Posts Recognised, or Failed(doing="recognise CLOUD")."""

        def work(post: Callable[[Message], None]) -> None:
            post(Recognised(operator.cloud, operator.recognise(self.session.clouds())))

        return self.start(page, f"recognise {operator.cloud}", work)

    def listing(self, page: Widget, name: str, answers: Answers | None = None) -> Worker[None]:
        """Read a live list, for these answers or those of the session. Posts Listed, or Failed(doing="list NAME")."""
        given = answers or self.session.answers

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import detecting

            choices = detecting.listing(self.session.mode, name, self.session.clouds(), given)
            post(Listed(name, choices, choices.note))

        return self.start(page, f"list {name}", work)

    def find_keys(self, page: Widget) -> Worker[None]:
        """Find the service account keys that the workloads use today. Posts KeysFound, or Failed(doing="find keys")."""
        mode, answers = self.session.mode, self.session.answers

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import detecting

            post(KeysFound(detecting.keys_of(mode, answers, self.session.clouds())))

        return self.start(page, "find keys", work)

    def held_roles(self, page: Widget, account: Replaced) -> Worker[None]:
        """Read the roles that a service account has today. Posts HeldRead."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.work import detecting

            post(HeldRead(account, detecting.held_roles(self.session.clouds(), account)))

        return self.start(page, f"read the roles of {account.email} on {account.project}", work)

    def load(self, page: Widget, path: Path) -> Worker[None]:
        """Read a setup file. Posts Loaded, or Failed(doing="load PATH"), with a SetupError if it is not valid."""

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
        """Run `work(post)` in a thread. It replaces work of the page with the same name (`doing`) that still runs.

        Posts Failed if a cloud, a file or a setup refuses. Other errors end the app. When the app ends, it waits only
        for work that `outlives` it, because that must not be interrupted.
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
