"""A text of many lines."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.visual import VisualType

from screens.widgets.lines import Line, Lines


class LongText(Lines):
    """Shows a text whole. Lines that are longer than the widget is wide are wrapped."""

    DEFAULT_CSS = """
    LongText {
        width: 100%;
        height: auto;
    }
    """

    def __init__(self, text: Content, classes: str = "", id: str | None = None) -> None:
        """`text` can have any number of lines, also of different styles."""
        super().__init__(id=id, classes=classes)
        self._set(text)

    def show(self, text: Content) -> None:
        """Show another text."""
        if not text.is_same(self._text):
            self._set(text)
            self.refresh(layout=True)

    def _set(self, text: Content) -> None:
        self._text = text
        self._lines = [line.expand_tabs(8) for line in text.split("\n", allow_blank=True)]
        self._longest = max(line.cell_length for line in self._lines)
        self._wrapped: dict[int, list[Line]] = {}

    def render(self) -> VisualType:
        """Return the whole text."""
        return self._text

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines that the text has at this width."""
        del container, viewport
        return len(self._lines) if self._longest <= width else len(self._wrapped_to(width))

    def line(self, y: int) -> Line:
        """Return the line at this row of the widget. Raises IndexError below the last."""
        width = self.size.width
        return Line(self._lines[y], 0, y) if self._longest <= width else self._wrapped_to(width)[y]

    def _wrapped_to(self, width: int) -> list[Line]:
        """Return all lines, wrapped to a width. A page alternates between few widths: with and without the help."""
        if width not in self._wrapped:
            lines: list[Line] = []
            for row, line in enumerate(self._lines):
                lines += [Line(line, 0, row)] if line.cell_length <= width else _parts(line, row, width)
            self._wrapped[width] = lines
        return self._wrapped[width]


def _parts(line: Content, row: int, width: int) -> list[Line]:
    """Return a long line wrapped to a width, with the column at which each part begins."""
    parts: list[Line] = []
    column = 0
    for part in line.wrap(max(1, width)):
        column = line.plain.index(part.plain, column)
        parts.append(Line(part, column, row))
        column += len(part)
    return parts
