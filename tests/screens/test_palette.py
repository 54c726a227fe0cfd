"""The command palette: the list of all actions, and the search in it."""

import pytest
from textual.app import SystemCommand
from textual.widgets import Input, OptionList

from screens.widgets.palette import Palette, matching
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, Quiet
from tests.screens.frames import check, frame


def command(title: str) -> SystemCommand:
    return SystemCommand(title, f"what {title} does", lambda: None)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_it_lists_all_commands(open_wizard: Open, size: tuple[int, int]) -> None:
    async with open_wizard(size, bridge=Quiet()) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert pilot.app.focused is pilot.app.screen.query_one(Input)
        check(pilot.app, f"palette-{size[0]}x{size[1]}")


async def test_typing_narrows_the_list_and_enter_runs_the_highlighted_command(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        await pilot.press("ctrl+p", *"switch")
        await pilot.pause()
        assert pilot.app.screen.query_one(OptionList).option_count == 1
        await pilot.press("enter")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, Palette)
        assert pilot.app.theme == "light"


async def test_arrow_keys_choose_a_row_and_a_click_runs_it(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        await pilot.press("ctrl+p", "down", "down", "up")
        await pilot.pause()
        rows = pilot.app.screen.query_one(OptionList)
        assert rows.highlighted == 1
        await pilot.click(OptionList, offset=(3, 0))
        await pilot.pause()
        assert pilot.app.theme == "light"


@pytest.mark.parametrize("close", ["key", "click"])
async def test_esc_or_a_click_beside_it_closes_it_and_runs_nothing(open_wizard: Open, close: str) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause()
        if close == "key":
            await pilot.press("escape")
        else:
            await pilot.click(offset=(1, 22))
        await pilot.pause()
        assert not isinstance(pilot.app.screen, Palette)
        assert pilot.app.theme == "dark"


async def test_a_text_that_matches_nothing_is_said_and_enter_runs_nothing(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        await pilot.press("ctrl+p", *"qqq")
        await pilot.pause()
        assert "No command matches the text" in frame(pilot.app)
        await pilot.press("down", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, Palette)
        await pilot.press("backspace", "backspace")
        await pilot.pause()
        assert "Quit" in frame(pilot.app)


def test_the_best_match_comes_first() -> None:
    commands = [command("Forget all answers"), command("Help"), command("Go to Fleet"), command("Go to Access")]
    assert [each.title for each in matching(commands, "fle")] == ["Go to Fleet", "Forget all answers"]
    assert matching(commands, "") == commands
    assert matching(commands, "zebra") == []
