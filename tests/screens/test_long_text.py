"""Long texts are shown whole, wrapped to their width, and only the lines in view are drawn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.selection import SELECT_ALL
from textual.widgets import Static

from screens.widgets.code_pane import HIGHLIGHTED, highlighted
from screens.widgets.lines import Line
from screens.widgets.long_text import LongText
from tests.screens.driving import resized

LINES = 2000
texts = st.lists(st.text("abc Z é漢", max_size=60), max_size=12).map("\n".join)


class Shown(App[None]):
    """Shows a text beside what Textual's own widget makes of it."""

    CSS = "Static { width: 100%; height: auto; }"

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.drawn = text, 0

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Counting(Content(self.text))
            yield Static(self.text, markup=False)


class Counting(LongText):
    def line(self, y: int) -> Line:
        assert isinstance(self.app, Shown)
        self.app.drawn += 1
        return super().line(y)


def _rows(widget: Static | LongText) -> list[str]:
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


@pytest.mark.parametrize("width", [12, 30, 80])
async def test_a_text_looks_as_in_a_widget_of_textual(width: int) -> None:
    text = "short\n\nsome words that are wrapped where they do not fit\n" + "x" * 90 + "\n  indented: 漢字 é\nend  \n"
    app = Shown(text)
    async with app.run_test(size=(width, 100)):
        ours, theirs = app.query_one(LongText), app.query_one(Static)
        assert ours.size == theirs.size
        assert _rows(ours) == _rows(theirs)


@given(texts, st.integers(4, 70))
def test_no_word_is_lost(text: str, width: int) -> None:
    lines = LongText(Content(text))._wrapped_to(width)
    assert "".join("".join(line.text.plain for line in lines).split()) == "".join(text.split())
    assert all(line.text.cell_length <= width for line in lines)
    for line in lines:
        assert text.split("\n")[line.row][line.column :].startswith(line.text.plain)


async def test_only_the_lines_in_view_are_drawn() -> None:
    app = Shown("\n".join(f"line {number}" for number in range(LINES)))
    async with app.run_test(size=(80, 24)) as pilot:
        app.drawn = 0
        await resized(pilot, 90, 24)
        await pilot.pause()
        assert 0 < app.drawn < 200
        assert app.query_one(LongText).size.height == LINES


async def test_the_mouse_selects_the_text_as_it_is() -> None:
    app = Shown("one two three four five six\nseven")
    async with app.run_test(size=(12, 24)) as pilot:
        text = app.query_one(LongText)
        app.screen.selections = {text: SELECT_ALL}
        await pilot.pause()
        assert app.screen.get_selected_text() == "one two three four five six\nseven"
        colours = {segment.style.bgcolor for segment in text.render_line(1) if segment.text.strip() and segment.style}
        assert colours == {app.screen.get_component_rich_style("screen--selection").bgcolor}


def test_a_text_that_would_take_long_to_highlight_is_plain() -> None:
    line = "name: loader\n"
    short, long = (highlighted(line * count, "yaml") for count in (1, HIGHLIGHTED // len(line) + 1))
    assert short.spans and not long.spans
    assert long.plain == (line * (HIGHLIGHTED // len(line) + 1)).rstrip("\n")
