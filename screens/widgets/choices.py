"""A control to choose one of a few: one row for each choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.visual import VisualType

from screens.widgets.lines import Line, Lines
from wizard.columns import cells, wrapped
from wizard.language import N_, translated

if TYPE_CHECKING:
    from wizard.setup.question import Choice

MARK = N_("recommended")


class Choices(Lines, can_focus=True):
    """Arrow keys choose. Notes are shown beside the rows if they fit, else only under the chosen row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,left", "move(-1)", "Choose above", id="choices.up", tooltip="Choose the row above", show=False),
        Binding("down,right", "move(1)", "Choose below", id="choices.down", tooltip="Choose the row below", show=False),
        Binding("space", "move(0)", "Choose", id="choices.first", tooltip="Choose the first row", show=False),
        Binding("enter", "done", "Next", id="choices.done", tooltip="Go to the next field", show=False),
    ]

    value: reactive[str] = reactive("", layout=True)

    class Chosen(Message):
        """Another choice was made."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    class Done(Message):
        """Enter was pressed on what is chosen."""

    def __init__(self, choices: Sequence[Choice], value: str = "") -> None:
        """`value` is that of the chosen row; empty if none is chosen yet."""
        super().__init__()
        self.choices = tuple(choices)
        self.set_reactive(Choices.value, value)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The choices. Refresh the widget after a change."""
        return self._choices

    @choices.setter
    def choices(self, choices: tuple[Choice, ...]) -> None:
        self._choices = choices
        self._title_width = max((cells(choice.title) + 4 for choice in choices), default=4)
        asides = (cells(choice.note) + (cells(translated(MARK)) + 2 if choice.recommended else 0) for choice in choices)
        self._aside_width = max(asides, default=0)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return one line for each choice, plus those of the chosen row's note if it does not fit beside it."""
        del container, viewport
        under = [] if self._beside(width) else self._note_lines(width)
        return max(1, len(self.choices) + len(under))

    def render(self) -> VisualType:
        """Return the rows."""
        height = self.get_content_height(self.size, self.size, self.size.width) if self.choices else 0
        return Content("\n").join(self.line(y).text for y in range(height))

    def line(self, y: int) -> Line:
        """Return a row, or a line of the chosen row's note. Raises IndexError below the last."""
        width = self.size.width
        beside = self._beside(width)
        notes = [] if beside else self._note_lines(width)
        after = y - self._chosen_index - 1 if notes else -1
        if 0 <= after < len(notes):
            return Line(Content.styled(notes[after], "$text-muted"), 0, y)
        choice = self.choices[y if after < 0 else y - len(notes)]
        return Line(self._row(choice, beside).truncate(width, ellipsis=True), 0, y)

    def _row(self, choice: Choice, beside: bool) -> Content:
        chosen = choice.value == self.value
        style = "bold $accent" if chosen else ""
        mark = "(o)" if chosen else "( )"
        parts: list[Content] = [Content.styled(f"{mark} {choice.title}", style)]
        aside = translated(MARK) if choice.recommended else ""
        if beside and choice.note:
            aside = f"{aside}: {choice.note}" if aside else choice.note
        if aside:
            pad = " " * (self._title_width + 3 - parts[0].cell_length)
            parts.append(Content.styled(f"{pad}{aside}", "$text-muted"))
        return Content.assemble(*parts)

    def _beside(self, width: int) -> bool:
        return self._title_width + 3 + self._aside_width <= width

    @property
    def _chosen_index(self) -> int:
        """The index of the chosen row. Raises StopIteration if none is chosen."""
        return next(index for index, choice in enumerate(self.choices) if choice.value == self.value)

    def _note_lines(self, width: int) -> list[str]:
        """Return the lines under the chosen row; none if no row is chosen, or if it has no note."""
        note = next((choice.note for choice in self.choices if choice.value == self.value), "")
        return [f"    {line}" for line in wrapped(note, max(10, width - 4)) if line]

    def action_move(self, step: int) -> None:
        """Choose the next (1) or previous (-1) row, or the first if none is chosen. Stops at the ends."""
        values = [choice.value for choice in self.choices]
        if values:
            at = values.index(self.value) + step if self.value in values else 0
            self._choose(values[min(max(at, 0), len(values) - 1)])

    def action_done(self) -> None:
        """Post Done; if no row is chosen yet, choose the first instead."""
        if self.value:
            self.post_message(self.Done())
        else:
            self.action_move(0)

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked."""
        rows: list[str] = []
        for choice in self.choices:
            extra = self.value == choice.value and not self._beside(self.size.width)
            rows += [choice.value] * (1 + (len(self._note_lines(self.size.width)) if extra else 0))
        if 0 <= event.y < len(rows):
            self._choose(rows[event.y])

    def _choose(self, value: str) -> None:
        if value != self.value:
            self.value = value
            self.post_message(self.Chosen(value))
