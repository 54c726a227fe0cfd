"""A list of which several rows can be selected."""

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
    """A row: its key, its text, and whether it is selected. A `mark` is shown instead of the box."""

    key: str
    says: Content
    chosen: bool = False
    mark: str = ""


class PickList(OptionList):
    """Space or Enter selects or clears the row under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Choose", id="picks.choose", tooltip="Select or clear this row"),
    ]

    class Toggled(Message):
        """A row was selected or cleared."""

        def __init__(self, picks: PickList, key: str) -> None:
            super().__init__()
            self.picks = picks
            self.key = key

        @property
        def control(self) -> PickList:
            """The list that posted the message."""
            return self.picks

    def __init__(self, *, id: str | None = None) -> None:
        """The list is hidden until it has rows."""
        super().__init__(id=id, markup=False, compact=True)
        self.rows: tuple[Pick, ...] = ()
        self.display = False

    def show(self, rows: Sequence[Pick]) -> None:
        """Show these rows; the cursor stays at the same index."""
        if tuple(rows) == self.rows:
            return
        at, self.rows = self.highlighted, tuple(rows)
        self.set_options([Option(_line(row)) for row in self.rows])
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
