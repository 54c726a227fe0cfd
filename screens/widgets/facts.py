"""A list of facts that the wizard found, one fact per row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.visual import VisualType
from textual.widget import Widget

from wizard.columns import cells, left, wrapped
from wizard.outside.text import one_line

COLUMN = 16
"""Least width of the label column, in cells."""

_STYLES = {"✗": "$text-error", "…": "$text-muted", "·": "$text-muted"}


@dataclass(frozen=True)
class Fact:
    """A label, a state (one of the glyphs ✓ ✗ … ·), a text, and its source or, for ✗, the fix."""

    label: str
    glyph: str
    text: str
    aside: str = ""


class FactList(Widget, can_focus=False):
    """Shows facts; long texts are wrapped within their column."""

    facts: reactive[tuple[Fact, ...]] = reactive((), layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines that the facts need at this width."""
        del container, viewport
        return sum(len(list(_lines(fact, width, self._labels))) for fact in self.facts) or 1

    @property
    def _labels(self) -> int:
        """The columns that the longest label takes, with a blank behind it."""
        return max((cells(fact.label) + 1 for fact in self.facts), default=0)

    def render(self) -> VisualType:
        """Return the facts as rows."""
        return Content("\n").join(line for fact in self.facts for line in _lines(fact, self.size.width, self._labels))


def _lines(fact: Fact, width: int, labels: int) -> Iterable[Content]:
    column = max(COLUMN, labels) if width >= 2 * COLUMN + 8 else 2
    room = max(12, width - column - 2)
    if column == 2:
        yield Content.styled(fact.label, "$text-muted")
    style = _STYLES.get(fact.glyph, "")
    label = fact.label if column > 2 else ""
    for line in _words(fact, room):
        yield Content.assemble((left(label, column), "$text-muted"), (f"{fact.glyph or ' '} ", style), (line, style))
        label, fact = "", Fact(fact.label, " ", fact.text, fact.aside)
    if style == _STYLES["✗"] and fact.aside:
        indent = min(column, COLUMN) + 2  # the fix can be long, and takes all the columns that the labels leave
        for line in wrapped(one_line(fact.aside), max(12, width - indent)):
            yield Content.assemble(" " * indent, line)


def _words(fact: Fact, room: int) -> list[str]:
    """Return the text and, in parentheses, its source, which gets a line of its own if it does not fit."""
    text = one_line(fact.text)
    source = one_line(f"({fact.aside})") if fact.aside and fact.glyph != "✗" else ""
    together = f"{text} {source}".strip()
    return [together] if cells(together) <= room else [*wrapped(text, room), *wrapped(source, room)]
