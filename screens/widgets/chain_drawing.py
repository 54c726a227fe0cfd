"""The picture of the chain as text: boxes and arrows, folded to a width. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from textual.content import Content

State = Literal["open", "running", "settling", "ok", "failed", "unsure", "skipped"]

GLYPHS: dict[State, str] = {
    "open": " ",
    "running": "…",
    "settling": "…",
    "ok": "✓",
    "failed": "✗",
    "unsure": "?",
    "skipped": "·",
}
_NOTES: dict[State, str] = {"open": "not yet", "running": "running", "failed": "failed", "unsure": "unsure"}
_TITLE: dict[State, str] = {"open": "$text-muted", "skipped": "$text-muted", "failed": "bold $text-error"}
_NOTE: dict[State, str] = {
    "open": "$text-muted",
    "running": "$text-accent",
    "settling": "$text-warning",
    "ok": "$text-success",
    "failed": "bold $text-error",
    "unsure": "$text-warning",
    "skipped": "$text-muted",
}
_LINE = "$text-muted"

NARROWEST = 44
"""Columns below which the hops stand one under the other."""

ROWS_OF_BOXES = 2
"""Rows up to which boxes are drawn; more of them take more room than they are worth."""

_SHORTEST = 9
"""Columns of a cell at least, so that the picture keeps its form while it fills."""


@dataclass(frozen=True)
class Cell:
    """A hop in the picture: its title, its state, and a note such as a duration."""

    title: str
    state: State = "open"
    note: str = ""

    @property
    def under(self) -> str:
        """Glyph and word, under the title."""
        return f"{GLYPHS[self.state]} {self.note or _NOTES.get(self.state, self.state)}"

    @property
    def width(self) -> int:
        """The columns that it takes."""
        return max(Content(self.title).cell_length, Content(self.under).cell_length, _SHORTEST)


def draw(cells: Sequence[Cell], width: int, boxed: bool = False) -> Content:
    """The picture in at most `width` columns: a way from left to right and on in the next row, or downwards."""
    widest = max((cell.width for cell in cells), default=0)
    if width < NARROWEST or widest + _room(boxed) > width:
        return Content("\n").join(_downwards(cells, width))
    lines: list[Content] = []
    rows = _folded(cells, width, boxed)
    if boxed and len(rows) > ROWS_OF_BOXES:
        return draw(cells, width)
    for number, row in enumerate(rows):
        lines += _row(row, boxed, follows=number > 0, goes_on=number + 1 < len(rows))
        if number + 1 < len(rows):
            lines.append(_back(_length(row, boxed, number > 0), boxed))
    return Content("\n").join(lines)


def _room(boxed: bool) -> int:
    """What a cell takes beside itself, alone in its row: where the way comes in and goes out, and the box."""
    return (3 + 2 + 4) if boxed else (4 + 4)


def _folded(cells: Sequence[Cell], width: int, boxed: bool) -> list[list[Cell]]:
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
    """Columns of a row, without the way out at its end."""
    between, around, lead = (3, 4, 3) if boxed else (5, 0, 4)
    return (lead if follows else 0) + sum(cell.width + around for cell in row) + between * (len(row) - 1)


def _row(row: Sequence[Cell], boxed: bool, follows: bool, goes_on: bool) -> Iterable[Content]:
    return _boxes(row, follows, goes_on) if boxed else _plain(row, follows, goes_on)


def _plain(row: Sequence[Cell], follows: bool, goes_on: bool) -> Iterable[Content]:
    lead = "╰─> " if follows else ""
    title: list[Content] = [_way(lead)]
    under: list[Content] = [Content(" " * len(lead))]
    for cell in row:
        last = cell is row[-1]
        gap = cell.width - Content(cell.title).cell_length
        arrow = " " + "─" * gap + "──> " if not last else " " + "─" * gap + "──╮" if goes_on else ""
        title += [_title(cell), _way(arrow)]
        under += [_under(cell), Content("     " if not last else "   ")]
    if goes_on:
        under.append(_way("│"))
    yield _line(title)
    yield _line(under)


def _boxes(row: Sequence[Cell], follows: bool, goes_on: bool) -> Iterable[Content]:
    lead = ("╰─>" if follows else "", "   " if follows else "")
    top = [_way("│  " if follows else "")]
    title, under, bottom = [_way(lead[0])], [_way(lead[1])], [_way(lead[1])]
    for cell in row:
        last = cell is row[-1]
        joint = "─╮" if goes_on else ""
        top.append(_way(f"╭{'─' * (cell.width + 2)}╮{'' if last else '   '}"))
        title += [_way("│ "), _title(cell, pad=True), _way(" ├──>" if not last else f" ├{joint}" if goes_on else " │")]
        under += [_way("│ "), _under(cell), _way(" │   " if not last else " │ │" if goes_on else " │")]
        bottom.append(_way(f"╰{'─' * (cell.width + 2)}╯{'   ' if not last else ' │' if goes_on else ''}"))
    yield from (_line(each) for each in (top, title, under, bottom))


def _back(length: int, boxed: bool) -> Content:
    """The way from the end of a row to the start of the next."""
    end = length + (1 if boxed else 3)
    return _way("╭" + "─" * (end - 1) + "╯")


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


def _under(cell: Cell) -> Content:
    gap = cell.width - Content(cell.under).cell_length
    return Content.assemble((cell.under, _NOTE[cell.state]), " " * gap)


def _way(text: str) -> Content:
    return Content.styled(text, _LINE)


def _line(parts: Iterable[Content]) -> Content:
    return Content("").join(parts).rstrip()


def duration(seconds: float) -> str:
    """A time as short as it can be read: 61 ms, 1.2 s, 2 min 5 s."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"
