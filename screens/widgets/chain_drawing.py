"""The picture of the credential chain as text: boxes and arrows, wrapped to a width. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from textual.content import Content

from wizard.language import _
from wizard.phrases import short_duration

HopState = Literal["open", "running", "settling", "ok", "failed", "not_proven", "skipped"]

GLYPHS: dict[HopState, str] = {
    "open": " ",
    "running": "…",
    "settling": "…",
    "ok": "✓",
    "failed": "✗",
    "not_proven": "?",
    "skipped": "·",
}
_NOTES: dict[HopState, str] = {
    "open": "not yet",
    "running": "running",
    "settling": "settling",
    "ok": "passed",
    "failed": "failed",
    "not_proven": "not proven",
    "skipped": "skipped",
}
_TITLE: dict[HopState, str] = {"open": "$text-muted", "skipped": "$text-muted", "failed": "bold $text-error"}
_NOTE: dict[HopState, str] = {
    "open": "$text-muted",
    "running": "$text-accent",
    "settling": "$text-warning",
    "ok": "$text-success",
    "failed": "bold $text-error",
    "not_proven": "$text-warning",
    "skipped": "$text-muted",
}
_LINE = "$text-muted"

NARROWEST = 44
"""Number of columns below which each hop takes a line of its own."""

ROWS_OF_BOXES = 2
"""Largest number of rows that are drawn with boxes; more rows are drawn without."""

_SHORTEST = 9
"""Least number of columns of a cell, so that the picture keeps its form while notes change."""


@dataclass(frozen=True)
class Cell:
    """A hop in the picture: title, state, and a note such as a duration."""

    title: str
    state: HopState = "open"
    note: str = ""

    @property
    def under(self) -> str:
        """The line under the title: the glyph, and the note or else the name of the state."""
        return f"{GLYPHS[self.state]} {self.note or _(_NOTES[self.state])}"

    @cached_property
    def width(self) -> int:
        """The number of columns that the cell needs."""
        return max(Content(self.title).cell_length, Content(self.under).cell_length, _SHORTEST)


def draw(cells: Sequence[Cell], width: int, boxed: bool = False) -> Content:
    """Return the picture in at most `width` columns: hops in rows, or one hop per line if they do not fit."""
    widest = max((cell.width for cell in cells), default=0)
    if width < NARROWEST or widest + _needed(boxed) > width:
        return Content("\n").join(_downwards(cells, width))
    lines: list[Content] = []
    rows = _wrapped(cells, width, boxed)
    if boxed and len(rows) > ROWS_OF_BOXES:
        return draw(cells, width)
    for number, row in enumerate(rows):
        lines += _row(row, boxed, follows=number > 0, goes_on=number + 1 < len(rows))
        if number + 1 < len(rows):
            lines.append(_line_back(_length(row, boxed, number > 0), boxed))
    return Content("\n").join(lines)


def _needed(boxed: bool) -> int:
    """Return the columns that a cell alone in its row needs beside its text: the arrows in and out, and the box."""
    return (3 + 2 + 4) if boxed else (4 + 4)


def _wrapped(cells: Sequence[Cell], width: int, boxed: bool) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[]]
    for cell in cells:
        row = [*rows[-1], cell]
        out = 0 if cell is cells[-1] else (2 if boxed else 4)
        if rows[-1] and _length(row, boxed, len(rows) > 1) + out > width:
            rows.append([cell])
        else:
            rows[-1] = row
    return rows


def _length(row: Sequence[Cell], boxed: bool, follows: bool) -> int:
    """Return the columns of a row, without the arrow out at its end."""
    between, around, lead = (3, 4, 3) if boxed else (5, 0, 4)
    return (lead if follows else 0) + sum(cell.width + around for cell in row) + between * (len(row) - 1)


def _row(row: Sequence[Cell], boxed: bool, follows: bool, goes_on: bool) -> Iterable[Content]:
    return _boxes(row, follows, goes_on) if boxed else _plain(row, follows, goes_on)


def _plain(row: Sequence[Cell], follows: bool, goes_on: bool) -> Iterable[Content]:
    lead = "╰─> " if follows else ""
    title: list[Content] = [_connector(lead)]
    under: list[Content] = [Content(" " * len(lead))]
    for cell in row:
        last = cell is row[-1]
        gap = cell.width - Content(cell.title).cell_length
        arrow = " " + "─" * gap + "──> " if not last else " " + "─" * gap + "──╮" if goes_on else ""
        title += [_title(cell), _connector(arrow)]
        under += [_status(cell), Content("     " if not last else "   ")]
    if goes_on:
        under.append(_connector("│"))
    yield _line(title)
    yield _line(under)


def _boxes(row: Sequence[Cell], follows: bool, goes_on: bool) -> Iterable[Content]:
    lead = ("╰─>" if follows else "", "   " if follows else "")
    top = [_connector("│  " if follows else "")]
    title, under, bottom = [_connector(lead[0])], [_connector(lead[1])], [_connector(lead[1])]
    for cell in row:
        last = cell is row[-1]
        joint = "─╮" if goes_on else ""
        rule = "─" * (cell.width + 2)
        top.append(_connector(f"╭{rule}╮" if last else f"╭{rule}╮   "))
        title += [
            _connector("│ "),
            _title(cell, pad=True),
            _connector(" ├──>" if not last else f" ├{joint}" if goes_on else " │"),
        ]
        under += [_connector("│ "), _status(cell), _connector(" │   " if not last else " │ │" if goes_on else " │")]
        gap = "   " if not last else " │" if goes_on else ""
        bottom.append(_connector(f"╰{rule}╯{gap}"))
    yield from (_line(line) for line in (top, title, under, bottom))


def _line_back(length: int, boxed: bool) -> Content:
    """Return the line from the end of a row to the start of the next."""
    end = length + (1 if boxed else 3)
    return _connector("╭" + "─" * (end - 1) + "╯")


def _downwards(cells: Sequence[Cell], width: int) -> Iterable[Content]:
    widest = max((Content(cell.title).cell_length for cell in cells), default=0)
    for cell in cells:
        note = cell.under[2:]
        gap = max(1, min(widest + 2, width - Content(note).cell_length - 4) - Content(cell.title).cell_length)
        yield _line(
            [
                Content.styled(f"{GLYPHS[cell.state]} ", _NOTE[cell.state]),
                _title(cell),
                Content(" " * gap),
                Content.styled(note, _NOTE[cell.state]),
            ]
        )


def _title(cell: Cell, pad: bool = False) -> Content:
    text = cell.title + " " * (cell.width - Content(cell.title).cell_length) if pad else cell.title
    return Content.styled(text, _TITLE.get(cell.state, "bold"))


def _status(cell: Cell) -> Content:
    gap = cell.width - Content(cell.under).cell_length
    return Content.assemble((cell.under, _NOTE[cell.state]), " " * gap)


def _connector(text: str) -> Content:
    return Content.styled(text, _LINE)


def _line(parts: Iterable[Content]) -> Content:
    return Content("").join(parts).rstrip()


def duration(seconds: float) -> str:
    """Return a time in its shortest readable form: 61 ms, 1.2 s, 2 min 5 s."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return short_duration(seconds)
