"""Driving the wizard: sizes, and waiting for what must come about."""

import inspect
from collections.abc import Callable
from time import monotonic

from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from textual.worker import Worker

from screens.app import WizardApp
from screens.bridge import Bridge
from screens.page import Page
from screens.session import Session
from tests.in_full import first
from tests.screens.frames import frame
from tests.screens.idle import until_idle

SMALL, LARGE, TINY = (80, 24), (120, 40), (40, 12)
PATIENCE = 60.0
"""Seconds that a condition is waited for."""

LONGEST_PAUSE = 0.1
"""Seconds between two looks at a condition, at most: each look draws the screen, and takes time from the work."""


WALKS = first(1, [SMALL, LARGE])
"""The sizes in which a whole setup is walked through. `make walks` tries both; the pages have frames at both."""


async def settled(pilot: Pilot[int]) -> None:
    """Wait until no worker runs and all that they posted is shown."""
    await pilot.app.workers.wait_for_complete()
    await until_idle(pilot.app)


async def resized(pilot: Pilot[int], width: int, height: int) -> None:
    """Resize the terminal, and wait until the screen has this size and is drawn."""
    await pilot.resize_terminal(width, height)
    await until_idle(pilot.app)


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Wait for a condition, and until what came with it is drawn; fails after PATIENCE."""
    deadline = monotonic() + PATIENCE
    pause = 0.01
    while not condition():
        assert monotonic() < deadline, f"this did not come about in time; what is seen:\n{frame(pilot.app)}"
        await pilot.pause(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
    await until_idle(pilot.app)


class Quiet(Bridge):
    """Does no work and remembers what was asked for; the test says what came of it with `page.post_message`."""

    def __init__(self, session: Session | None = None) -> None:
        super().__init__(session or Session())
        self.asked: list[str] = []

    def start(self, page: Widget, doing: str, work: object, outlives: bool = False) -> Worker[None]:
        """Nothing is done."""
        del work, outlives
        self.asked.append(doing)

        async def nothing() -> None:
            return None

        return page.run_worker(nothing(), name=doing, group=doing)


def the_app(pilot: Pilot[int]) -> WizardApp:
    """The wizard that is being driven."""
    assert isinstance(pilot.app, WizardApp)
    return pilot.app


def the_page(pilot: Pilot[int]) -> Page:
    """The page in view."""
    page = the_app(pilot).page
    assert page is not None
    return page


async def type_text(pilot: Pilot[int], text: str) -> None:
    """Type, key by key."""
    names = {"-": "minus", "/": "slash", ".": "full_stop", "[": "left_square_bracket", "]": "right_square_bracket"}
    await pilot.press(*(names.get(key, key) for key in text))


async def tell(pilot: Pilot[int], *messages: Message) -> None:
    """Let the page in view hear of work."""
    for message in messages:
        the_page(pilot).post_message(message)
    await pilot.pause()
    await pilot.pause()


def parameters(function: Callable[..., object]) -> list[str]:
    """The names of a function's parameters."""
    return list(inspect.signature(function).parameters)
