"""Widgets of many lines, which draw only the lines in view."""

from __future__ import annotations

from typing import NamedTuple

from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual
from textual.widget import Widget


class Line(NamedTuple):
    """A line on the screen: its text, and where the text begins in the whole text, as `Selection` counts."""

    text: Content
    column: int
    row: int


class Lines(Widget):
    """The base of widgets of many lines. Textual's own widgets draw all of their lines whenever their width changes.

    A subclass supplies `line`, `get_content_height`, and as `render` the whole text, from which the mouse selects.
    """

    def line(self, y: int) -> Line:
        """Return the line at this row of the widget, which fits into its width. Raises IndexError below the last."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        try:
            text, column, row = self.line(y)
        except IndexError:
            return Strip.blank(self.size.width, self.visual_style.rich_style)
        text = self._with_selection(text, column, row)
        strips = Visual.to_strips(self, text, self.size.width, 1, self.visual_style, apply_selection=False)
        return strips[0].apply_offsets(column, row) if strips else Strip.blank(0)

    def _with_selection(self, text: Content, column: int, row: int) -> Content:
        """Return the text of a line with what the mouse has selected of it."""
        selection = self.text_selection
        span = selection.get_span(row) if selection is not None else None
        if span is None:
            return text
        start, end = span[0] - column, len(text) if span[1] == -1 else span[1] - column
        if end <= 0 or start >= len(text):
            return text
        style = Style.from_styles(self.screen.get_component_styles("screen--selection"))
        return text.stylize(style, max(0, start), end)
