"""The frame: header, rail, help and keys, at every size."""

import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from screens.app import WizardApp
from screens.session import Session
from screens.widgets.action_bar import ActionBar
from screens.widgets.footer import Footer
from screens.widgets.header import Header
from screens.widgets.help_panel import HelpPanel
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, TINY, Quiet, resized, the_app, the_page
from tests.screens.frames import check, frame
from wizard.clouds.endpoints import SANDBOX
from wizard.work.demo import Demo


def keys(frame: str) -> str:
    """The footer of a frame."""
    return frame.splitlines()[-1]


LOOK = """
import sys
from textual.app import App
seen = None
show = App._display
def first(self, screen, renderable):
    global seen
    seen = seen or set(sys.modules)
    return show(self, screen, renderable)
App._display = first
import asyncio
from screens.app import WizardApp
from textual.widgets import Input, TextArea

from screens.session import Session
async def go():
    async with WizardApp(Session()).run_test():
        pass
asyncio.run(go())
print(" ".join(sorted(seen)))
"""


async def test_nothing_of_a_wide_frame_is_folded(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet()) as pilot:
        check(pilot.app, "frame-120x40")


async def test_at_80_columns_the_help_is_folded_away_and_f1_opens_it_over_the_page(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        assert "Federation instead of keys" not in frame(pilot.app)
        await pilot.press("f1")
        check(pilot.app, "help-80x24")
        await pilot.press("escape")
        assert "Federation instead of keys" not in frame(pilot.app)
        assert "What do you want to do?" in frame(pilot.app)


async def test_a_question_mark_opens_the_help_too(open_wizard: Open) -> None:
    async with open_wizard(SMALL) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        assert the_app(pilot).help_is_open


async def test_a_text_field_takes_the_question_mark(open_wizard: Open) -> None:
    async with open_wizard(SMALL, page="doctor") as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        assert not the_app(pilot).help_is_open
        assert the_page(pilot).query_one(TextArea).text == "?"
    async with open_wizard(SMALL, page="aws-workload") as pilot:
        account = the_page(pilot).query(Input).first()
        account.focus()
        await pilot.press("question_mark")
        await pilot.pause()
        assert account.value == "?" and not the_app(pilot).help_is_open


async def test_in_a_wide_frame_f1_hides_the_help_and_shows_it_again(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet()) as pilot:
        await pilot.press("f1")
        assert "Federation instead of keys" not in frame(pilot.app)
        await pilot.press("f1")
        assert "Federation instead of keys" in frame(pilot.app)


async def test_help_over_the_page_stands_beside_it_once_there_is_room(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        for size, page_is_seen in ((SMALL, False), (LARGE, True), (SMALL, False)):
            if not pilot.app.query_one(HelpPanel).has_class("-open"):
                await pilot.press("f1")
            await resized(pilot, *size)
            await pilot.pause()
            assert "Federation instead of keys" in frame(pilot.app)
            assert ("What do you want to do?" in frame(pilot.app)) == page_is_seen
        await pilot.press("f1")
        assert "What do you want to do?" in frame(pilot.app) and pilot.app.focused in the_page(pilot).query("*")


async def test_a_tiny_terminal_has_a_rail_of_one_line(open_wizard: Open) -> None:
    async with open_wizard(TINY, bridge=Quiet()) as pilot:
        check(pilot.app, "frame-40x12")


async def test_resizing_in_the_middle_keeps_page_and_answers(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet(), page="aws-workload") as pilot:
        await pilot.press("down", "down")
        chosen = the_app(pilot).session.answers.text("aws.runtime")
        for size in (TINY, (20, 5), SMALL, (1, 1), LARGE):
            await resized(pilot, *size)
            await pilot.pause()
        assert the_page(pilot).page_id == "aws-workload"
        assert chosen and the_app(pilot).session.answers.text("aws.runtime") == chosen
        assert "(o) AWS Batch on EC2" in frame(pilot.app)


async def test_every_page_can_be_shown_in_a_tiny_terminal(open_wizard: Open) -> None:
    for page in ("welcome", "aws-workload", "aws-project"):
        async with open_wizard(TINY, bridge=Quiet(), page=page) as pilot:
            assert len(frame(pilot.app).splitlines()) <= TINY[1]
            await pilot.press("tab", "tab", "f1", "escape", "f8")


async def test_the_header_names_the_sandbox(open_wizard: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SANDBOX, "batch-bigquery")
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        first = frame(pilot.app).splitlines()[0]
        assert "SANDBOX" in first and "batch-bigquery" in first


async def test_in_a_narrow_header_the_sandbox_project_and_account_stay(open_wizard: Open) -> None:
    session = Session(demo=Demo("demo"))
    session.answers.set("google.project", "acme-analytics")
    session.answers.set("aws.account", "111122223333")
    async with open_wizard((60, 24), session=session, bridge=Quiet(session)) as pilot:
        pilot.app.query_one(Header).refresh()
        first = frame(pilot.app).splitlines()[0]
        assert all(each in first for each in ("acme-analytics", "111122223333", "SANDBOX"))


async def test_without_colours_glyphs_and_words_tell_the_same(
    open_wizard: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_wizard(LARGE, bridge=Quiet()) as pilot:
        await pilot.press("f8", "f8")
        coloured = frame(pilot.app)
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_wizard(LARGE, bridge=Quiet()) as pilot:
        await pilot.press("f8", "f8")
        assert frame(pilot.app) == coloured
        styles = [segment.style for row in pilot.app.screen._compositor.render_strips() for segment in row]
        colours = {style.color.get_truecolor() for style in styles if style and style.color}
        assert pilot.app.no_color and colours


async def test_the_footer_calls_going_forward_what_the_button_calls_it(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet(), page="review") as pilot:
        assert "F8 Apply" in keys(frame(pilot.app))
        pilot.app.query_one(ActionBar).offer("Go on")
        await pilot.pause()
        assert "F8 Go on" in keys(frame(pilot.app))


async def test_the_footers_keys_can_be_clicked_and_say_more_under_the_mouse(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        for key, page in (("F8 Next", "aws-workload"), ("Esc Back", "welcome")):
            place = (keys(frame(pilot.app)).index(key) + 3, 1)
            assert await pilot.click(Footer, offset=place)
            await pilot.pause()
            assert the_page(pilot).page_id == page
        await pilot.hover(Footer, offset=(3, 1))
        assert pilot.app.query_one(Footer).tooltip == "Go to the next page"
        await pilot.click(Footer, offset=(3, 0))
        await pilot.click(Footer, offset=(79, 1))
        await pilot.pause()
        assert the_page(pilot).page_id == "welcome", "neither the line above nor what is beside the keys is a key"


async def test_where_keys_have_no_room_whole_ones_are_left_out(open_wizard: Open) -> None:
    async with open_wizard(TINY, bridge=Quiet(), page="aws-workload") as pilot:
        assert keys(frame(pilot.app)) == " F8 Next  Esc Back  F1 Help  ^q Quit"


async def test_both_themes_are_in_the_palette(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        assert pilot.app.theme == "dark"
        titles = {each.title for each in pilot.app.get_system_commands(pilot.app.screen)}
        assert {"Switch to light theme", "Help", "Quit", "Go to Welcome"} <= titles
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"light")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.theme == "light"


def test_the_first_frame_loads_no_cloud_client_and_nothing_else_that_is_slow() -> None:
    root = Path(__file__).parents[2]
    loaded = set(subprocess.run([sys.executable, "-c", LOOK], cwd=root, capture_output=True, text=True).stdout.split())
    assert "screens.welcome" in loaded
    slow = {"pydantic", "yaml", "boto3", "botocore", "google.auth", "requests", "cel_expr_python", "markdown_it"}
    assert not slow & loaded
    assert not {"wizard.setup.answers", "textual.widgets._markdown"} & loaded


def test_nothing_moves_gradually() -> None:
    """What a key does is there at once, also in a slow terminal."""
    assert WizardApp(Session()).animation_level == "none"
