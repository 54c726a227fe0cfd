"""From the engine to the screens: work in threads, which only post messages to the page that asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker

from screens.messages import (
    ActingSeen,
    Applied,
    ClustersSeen,
    Detected,
    EventHappened,
    Failed,
    Listed,
    Loaded,
    OutcomeHappened,
    Recognised,
    Reviewed,
    RunningSeen,
    SettlingHappened,
    Tested,
    TestStopped,
    TrustNeeded,
)
from screens.session import Session
from screens.threads import in_thread, unless_closed

if TYPE_CHECKING:
    from wizard.federation.gke import ClusterName
    from wizard.modes.aws.live.trusted import NeedsTrust
    from wizard.setup.answers import Answers
    from wizard.work.planning import Reviewed as Review

__all__ = [
    "ActingSeen",
    "Applied",
    "Bridge",
    "ClustersSeen",
    "Detected",
    "EventHappened",
    "Failed",
    "Listed",
    "Loaded",
    "OutcomeHappened",
    "Recognised",
    "Reviewed",
    "RunningSeen",
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
            from wizard.work import planning

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
            from wizard.commands import test
            from wizard.modes.aws.live.trusted import NeedsTrust
            from wizard.work.opened import AwsOpened

            def tell(message: Message) -> None:
                if not stop.is_set():
                    post(message)

            def agree(need: NeedsTrust) -> None:
                if not consent:
                    raise need

            opened = self.session.open()
            assert isinstance(opened, AwsOpened)  # the page of this mode asks
            try:
                outcomes = test.carry_out(
                    opened,
                    place,
                    SETTLES,
                    lambda outcome: tell(OutcomeHappened(outcome)),
                    lambda progress: tell(SettlingHappened(progress)),
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

    def test_workloads(self, page: Widget, in_pods: bool, stop: threading.Event) -> Worker[None]:
        """Walk the chain of each workload on GKE, at last in one-off pods if these were agreed to.

        OutcomeHappened and SettlingHappened, then Tested; TestStopped once `stop` was set and all is tidied up.
        Failed(doing="test") when the test could not begin, or left a pod behind.
        """
        self._stops.append(stop)

        def work(post: Callable[[Message], None]) -> None:
            from wizard.chain.child import Stopped
            from wizard.modes.gke.live import test as gke_test
            from wizard.work.opened import GkeOpened

            def tell(message: Message) -> None:
                if not stop.is_set():
                    post(message)

            opened = self.session.open()
            assert isinstance(opened, GkeOpened)  # the page of this mode asks
            try:
                walks = gke_test.carry_out(
                    opened,
                    gke_test.tests_of(opened, SETTLES, in_pods),
                    lambda test, outcome: tell(OutcomeHappened(outcome, test.title)),
                    lambda test, progress: tell(SettlingHappened(progress, test.title)),
                    stop,
                )
            except Stopped:
                post(TestStopped())
            else:
                post(Tested([each for walk in walks.values() for each in walk], walks))

        return self.start(page, "test", work, outlives=in_pods)

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

    def listing(self, page: Widget, name: str, answers: Answers | None = None) -> Worker[None]:
        """Read a live list for these answers, or all there are: Listed, or Failed(doing="list NAME")."""
        given = answers or self.session.answers

        def work(post: Callable[[Message], None]) -> None:
            from wizard import detect

            found = detect.listing(name, self.session.clouds(), given)
            post(Listed(name, found, found.note))

        return self.start(page, f"list {name}", work)

    def clusters(self, page: Widget) -> Worker[None]:
        """Read the clusters of the project: ClustersSeen, or Failed(doing="list clusters")."""
        project = self.session.answers.text("google.project")

        def work(post: Callable[[Message], None]) -> None:
            from wizard.modes.gke import clusters as gke

            post(ClustersSeen(project, gke.clusters(self.session.clouds(), project)))

        return self.start(page, "list clusters", work)

    def running(self, page: Widget, cluster: ClusterName) -> Worker[None]:
        """Read what runs in a cluster: RunningSeen, or Failed(doing="list workloads")."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.modes.gke import running as gke_running

            post(RunningSeen(cluster, gke_running.running(self.session.clouds(), cluster)))

        return self.start(page, "list workloads", work)

    def acting(self, page: Widget, cluster: ClusterName, accounts: Sequence[tuple[str, str]]) -> Worker[None]:
        """Read whom Kubernetes service accounts (namespace and name) act as now: ActingSeen."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.modes.gke import acting as gke_acting

            post(ActingSeen(gke_acting.acting(self.session.clouds(), cluster, accounts)))

        return self.start(page, "read annotations", work)

    def load(self, page: Widget, path: Path) -> Worker[None]:
        """Read a setup file: Loaded, or Failed(doing="load PATH"), with a SetupError for what is in it."""

        def work(post: Callable[[Message], None]) -> None:
            from wizard.modes import consistency
            from wizard.setup.answers import Answers
            from wizard.setup.load import SetupError, load

            setup = load(path)
            if problems := consistency.problems(setup):
                raise SetupError(problems, str(path))
            post(Loaded(path, Answers.from_setup(setup, self.session.detected)))

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
            from wizard.chain.tidy import LeftBehind
            from wizard.commands.exits import BadInput
            from wizard.engine.resource import Refused
            from wizard.modes.aws.live.trusted import RootRefused
            from wizard.setup.problems import SetupError

            try:
                work(post)
            except (Refused, BadInput, SetupError, RootRefused, LeftBehind, OSError) as error:
                post(Failed(error, doing))

        coroutine = in_thread(run, lasting=outlives)
        return page.run_worker(coroutine, name=doing, group=doing, exclusive=True)
