"""A list of choices, filtered by what the user types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wizard.language import _
from wizard.outside.text import one_line

if TYPE_CHECKING:
    from wizard.setup.question import Choice


SHOWN = 200
"""Largest number of choices shown at once. Typing searches all of them."""


def matching(choices: Sequence[Choice], text: str) -> list[Choice]:
    """Return the choices that have every word of the text in value, title or note; those that start with it first."""
    words = text.lower().split()
    found = [choice for choice in choices if all(word in _searched(choice) for word in words)]
    return sorted(found, key=lambda choice: not choice.value.lower().startswith(text.lower())) if words else found


def _searched(choice: Choice) -> str:
    return f"{choice.value} {choice.title} {choice.note}".lower()


class SearchableList(OptionList, can_focus=False):
    """Shows choices below an input. The input keeps the focus, and passes the arrow keys on."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", show=False, id="list.select")]

    class Picked(Message):
        """A choice was made."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    def __init__(self) -> None:
        """The list is empty and hidden."""
        super().__init__(markup=False, compact=True)
        self.choices: tuple[Choice, ...] = ()
        self._shown: list[Choice] = []
        self._text = ""
        self.current = ""
        """The value whose row is highlighted first."""
        self.display = False

    def offer(self, choices: Sequence[Choice]) -> None:
        """Set the choices."""
        self.choices = tuple(choices)
        if self.display:
            self.open(self._text)

    def open(self, text: str) -> None:
        """Show the choices that match the text; hide the list if there are none."""
        self._text = text
        self._shown = matching(self.choices, text)
        self.clear_options()
        self.add_options(Option(_line(choice)) for choice in self._shown[:SHOWN])
        if len(self._shown) > SHOWN:
            more = len(self._shown) - SHOWN
            self.add_option(
                Option(_("{more} more entries: type to find these entries").format(more=more), disabled=True)
            )
        self.display = bool(self._shown)

    def close(self) -> None:
        """Hide the list."""
        self.display = False

    def move(self, step: int) -> None:
        """Highlight the next (1) or previous (-1) row."""
        if self.highlighted is None:
            self.highlighted = self._start() if self._shown else None
        elif step > 0:
            self.action_cursor_down()
        else:
            self.action_cursor_up()

    def _start(self) -> int:
        """Return the index of the input's current value, else 0."""
        values = [choice.value for choice in self._shown[:SHOWN]]
        return values.index(self.current) if self.current in values else 0

    @property
    def picked(self) -> str | None:
        """The value of the highlighted choice; None if there is none."""
        if not self.display or self.highlighted is None:
            return None
        return self._shown[self.highlighted].value

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Picked(self._shown[event.option_index].value))


def _line(choice: Choice) -> Content:
    parts = [Content(one_line(choice.value))]
    if choice.title and choice.title != choice.value:
        parts.append(Content.styled(f"  {one_line(choice.title)}", "$text-muted"))
    if choice.note:
        parts.append(Content.styled(f"  {one_line(choice.note)}", "$text-muted"))
    return Content.assemble(*parts)
