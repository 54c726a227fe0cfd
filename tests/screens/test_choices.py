"""Choices: the rows with their notes, of which only those in view are drawn."""

import pytest
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from screens.widgets.choices import Choices
from screens.widgets.lines import Line
from tests.screens.driving import resized
from wizard.setup.question import Choice

MANY = tuple(Choice(str(number), f"team-{number % 10}/runner-{number}", "no roles yet") for number in range(300))


class Counting(Choices):
    drawn = 0

    def line(self, y: int) -> Line:
        self.drawn += 1
        return super().line(y)


class Shown(App[None]):
    CSS = "VerticalScroll { height: 8; } Counting { height: auto; width: 100%; }"

    def __init__(self, *choices: Choice, value: str) -> None:
        super().__init__()
        self.shown = Counting(choices, value)

    def compose(self) -> ComposeResult:
        yield VerticalScroll(self.shown, can_focus=False)


async def test_only_the_rows_in_view_are_drawn() -> None:
    app = Shown(*MANY, value="7")
    async with app.run_test(size=(80, 24)) as pilot:
        app.shown.drawn = 0
        await resized(pilot, 100, 24)
        await pilot.pause()
        assert app.shown.size.height == len(MANY)
        assert 0 < app.shown.drawn < 40


@pytest.mark.parametrize("width", [24, 44, 80])
async def test_each_line_is_that_of_the_whole_list(width: int) -> None:
    choices = [Choice("a", "Alone"), Choice("b", "Both", "a note that needs several lines here"), Choice("c", "漢字")]
    app = Shown(*choices, value="b")
    async with app.run_test(size=(width, 24)):
        whole = app.shown.render()
        assert isinstance(whole, Content)
        lines = whole.plain.split("\n")
        assert len(lines) == app.shown.size.height
        assert [app.shown.render_line(y).text.rstrip() for y in range(len(lines))] == [line.rstrip() for line in lines]
        assert lines[1].startswith("(o) Both")


async def test_a_title_that_does_not_fit_leaves_the_rows_below_in_place() -> None:
    app = Shown(Choice("a", "a title that is wider than the list"), Choice("b", "Below"), value="b")
    async with app.run_test(size=(20, 24)):
        assert app.shown.render_line(0).text.rstrip().endswith("…")
        assert app.shown.render_line(1).text.rstrip() == "(o) Below"
