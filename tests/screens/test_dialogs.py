"""The dialogs: what Enter, Esc, y and n answer, and copying."""

import pytest

from screens.widgets.dialogs import TextDialog, YesNoDialog
from tests.screens.conftest import Open
from tests.screens.driving import SMALL, TINY, Quiet, until
from tests.screens.frames import check, frame


@pytest.mark.parametrize(
    ("dangerous", "keys", "answer"),
    [
        (False, ["enter"], True),
        (True, ["enter"], False),
        (True, ["tab", "enter"], True),
        (True, ["left", "enter"], True),
        (False, ["escape"], False),
        (True, ["y"], True),
        (False, ["n"], False),
    ],
)
async def test_each_key_gives_its_answer(open_wizard: Open, dangerous: bool, keys: list[str], answer: bool) -> None:
    answers: list[bool | None] = []
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        pilot.app.push_screen(YesNoDialog("Really?", "It recreates 3 nodes.", dangerous=dangerous), answers.append)
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
    assert answers == [answer]


async def test_the_mouse_answers_too(open_wizard: Open) -> None:
    answers: list[bool | None] = []
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        pilot.app.push_screen(YesNoDialog("Really?", "Text."), answers.append)
        await pilot.pause()
        await pilot.click("#no")
        await pilot.pause()
    assert answers == [False]


async def test_a_long_question_scrolls_and_keeps_its_buttons_in_a_tiny_terminal(open_wizard: Open) -> None:
    async with open_wizard(TINY, bridge=Quiet()) as pilot:
        pilot.app.push_screen(YesNoDialog("Really?", "word " * 200, "Do it", "Leave it"))
        await pilot.pause()
        check(pilot.app, "dialog-long-40x12")
        assert "Do it" in frame(pilot.app) and "Leave it" in frame(pilot.app)


async def test_a_text_is_shown_as_it_is_and_copied_whole(open_wizard: Open) -> None:
    text = "gcloud iam [/x] \\\n  --project=acme-analytics\n" + "\n".join(f"line {number}" for number in range(60))
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        pilot.app.push_screen(TextDialog("Commands", text, "The same, typed by hand."))
        await pilot.pause()
        check(pilot.app, "text-dialog-80x24")
        await pilot.press("c")
        assert pilot.app.clipboard == text
        await pilot.press("end")
        await until(pilot, lambda: "line 59" in frame(pilot.app))
        await pilot.press("escape")
        await pilot.pause()
        assert "What do you want to do?" in frame(pilot.app)
