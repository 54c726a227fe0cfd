"""Rows of which several can be chosen, each with an x when it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option


@dataclass(frozen=True)
class Pick:
    """A row: what it is chosen by, what it says, and whether it is chosen. A `mark` takes the place of the box."""

    key: str
    says: Content
    chosen: bool = False
    mark: str = ""


class PickList(OptionList):
    """Space or Enter chooses the row under the cursor, or leaves it out again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Choose", id="picks.choose", tooltip="Choose this row, or leave it out again"),
    ]

    class Toggled(Message):
        """A row was chosen, or left out again."""

        def __init__(self, picks: PickList, key: str) -> None:
            super().__init__()
            self.picks = picks
            self.key = key

        @property
        def control(self) -> PickList:
            """The list, for @on."""
            return self.picks

    def __init__(self, *, id: str | None = None) -> None:
        """No rows yet."""
        super().__init__(id=id, markup=False, compact=True)
        self.rows: tuple[Pick, ...] = ()
        self.display = False

    def show(self, rows: Sequence[Pick]) -> None:
        """These are the rows; the cursor stays where it was."""
        if tuple(rows) == self.rows:
            return
        at, self.rows = self.highlighted, tuple(rows)
        self.set_options([Option(_line(each)) for each in self.rows])
        self.display = bool(self.rows)
        if self.rows:
            self.highlighted = min(at or 0, len(self.rows) - 1)

    @property
    def here(self) -> Pick | None:
        """The row under the cursor."""
        return self.rows[self.highlighted] if self.highlighted is not None and self.rows else None

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Toggled(self, self.rows[event.option_index].key))


def _line(pick: Pick) -> Content:
    box = pick.mark or ("[x]" if pick.chosen else "[ ]")
    return Content.assemble(f"{box} ", pick.says)
