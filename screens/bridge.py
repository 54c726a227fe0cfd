"""From the engine to the screens: work in threads, which only post messages to the page that asked."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker

from screens.session import Session

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome, Settling
    from wizard.chain.trusted import NeedsTrust
    from wizard.commands.planning import Reviewed as Review
    from wizard.detect import Identity
    from wizard.engine.apply import Result
    from wizard.engine.events import Event
    from wizard.setup.answers import Answers
    from wizard.setup.question import Choice, Found

T = TypeVar("T")

SETTLES = 600.0
"""Seconds for which a grant counts as young: a refusal that it explains is tried again."""


class Reviewed(Message):
    """The plan was read, with the preflight's verdicts."""

    def __init__(self, reviewed: Review) -> None:
        super().__init__()
        self.reviewed = reviewed


class Applied(Message):
    """Applying has ended, in whichever way."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class EventHappened(Message):
    """Something happened to a change that is being made."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event


class OutcomeHappened(Message):
    """A hop of the chain was taken."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class SettlingHappened(Message):
    """A hop is refused while a grant is young, and tried again."""

    def __init__(self, settling: Settling) -> None:
        super().__init__()
        self.settling = settling


class TrustNeeded(Message):
    """The test needs the operator in the role's trust policy for its length: ask, then test with consent."""

    def __init__(self, need: NeedsTrust) -> None:
        super().__init__()
        self.need = need


class TestStopped(Message):
    """The test was cancelled, and what it had put into the cloud is taken out again."""


class Tested(Message):
    """The test has ended; every hop's outcome."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        super().__init__()
        self.outcomes = outcomes


class Detected(Message):
    """Defaults were found in files and the environment: path -> what, and where."""

    def __init__(self, found: dict[str, Found]) -> None:
        super().__init__()
        self.found = found


class Recognised(Message):
    """A cloud ("aws", "google") said who the operator is."""

    def __init__(self, cloud: str, identity: Identity) -> None:
        super().__init__()
        self.cloud = cloud
        self.identity = identity


class Listed(Message):
    """A live list was read."""

    def __init__(self, listing: str, choices: Sequence[Choice], note: str = "") -> None:
        super().__init__()
        self.listing = listing
        self.choices = tuple(choices)
        self.note = note


class Loaded(Message):
    """A setup file was read."""

    def __init__(self, path: Path, answers: Answers) -> None:
        super().__init__()
        self.path = path
        self.answers = answers


class Failed(Message):
    """A cloud or a check said no. `doing` says what was tried, and names the work: "review", "list aws-roles"."""

    def __init__(self, error: Exception, doing: str) -> None:
        super().__init__()
        self.error = error
        self.doing = doing


class Bridge:
    """Starts work for pages. Every method returns at once; the page hears the rest in messages."""

    def __init__(self, session: Session) -> None:
        self.session = session

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

        def run() -> None:
            from wizard.chain.trusted import NotRemoved, RootRefused
            from wizard.commands.exits import BadInput
            from wizard.engine.resource import Refused
            from wizard.setup.problems import SetupError

            try:
                work(lambda message: _post(page, message))
            except (Refused, BadInput, SetupError, RootRefused, NotRemoved, OSError) as error:
                _post(page, Failed(error, doing))

        coroutine = _in_thread(run, daemon=not outlives)
        return page.run_worker(coroutine, name=doing, group=doing, exclusive=True)


def _post(page: Widget, message: Message) -> None:
    """Post, unless the app is gone: then nobody is left to hear it."""
    try:
        page.post_message(message)
    except RuntimeError:
        if page.is_running:
            raise


async def _in_thread(work: Callable[[], T], daemon: bool) -> T:
    """Await work done in a thread of its own: unlike an executor's, it need not be joined at exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(act: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            act(value)

    def run() -> None:
        act: Callable[[Any], None] = future.set_result
        value: Any = None
        try:
            value = work()
        except BaseException as error:  # noqa: BLE001 (handed on, whole, to whoever awaits)
            act, value = future.set_exception, error
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, act, value)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), daemon=daemon).start()
    return await future
