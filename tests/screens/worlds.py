"""Sessions that have picked up a setup, and the pages on them."""

from pathlib import Path

from textual.pilot import Pilot

from screens.app import WizardApp
from screens.bridge import Bridge
from screens.page import Page
from screens.session import Session
from tests.commands.conftest import SETUP
from tests.screens.frames import frame
from tests.setups import answers_of, load, loads, mode
from wizard.clouds.session import Clouds
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.opened import AwsOpened

NUMBER = "123456789012"


def session_of(folder: Path, text: str = SETUP) -> Session:
    """A sitting that has picked up a setup file."""
    path = folder / "setup.yaml"
    path.write_text(text, encoding="utf-8")
    session = Session()
    setup = load(path)
    session.take(mode(setup.mode), answers_of(setup))
    session.source = path
    return session


def opened_in(folder: Path, text: str = SETUP) -> AwsOpened:
    """A setup, opened without any cloud."""
    setup = loads(text)
    assert isinstance(setup, AwsSetup)
    clouds = Clouds(setup.google.project, setup.aws.region, environ={})
    return AwsOpened(text, clouds, setup, Blueprint(setup, NUMBER, {}, folder))


async def show(pilot: Pilot[int], page_id: str, bridge: Bridge | None = None) -> Page:
    """Bring a page into view, with another bridge."""
    app = pilot.app
    assert isinstance(app, WizardApp)
    if bridge is not None:
        app.bridge = bridge
    await app.show_page(page_id)
    await pilot.pause()
    assert app.page is not None
    return app.page


async def at_rest(pilot: Pilot[int]) -> None:
    """Wait until the screen looks the same three times in a row: bars and keys are drawn a moment after what they
    are about."""
    seen, same = "", 0
    while same < 2:
        await pilot.pause(0.02)
        now = frame(pilot.app)
        seen, same = now, same + 1 if now == seen else 0
