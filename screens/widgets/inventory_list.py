"""The inventory of a cluster or an account: a row for each workload, and what is known about the current one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static

from screens.widgets.pick_list import Pick, PickList
from screens.widgets.static_text import set_text
from wizard.language import _

if TYPE_CHECKING:
    from wizard.modes.opened import Inventory, InventoryRow

_LEAST = 20
_CHOOSE = "choose this workload with Space, then press F8"
_QUESTION = "Which workloads do you want to set up?"


class InventoryList(Vertical):
    """Rows to choose the workloads to set up. It is hidden until it has rows."""

    class Chosen(Message):
        """The choice changed."""

    def __init__(self) -> None:
        """The list has no rows yet."""
        super().__init__(classes="field")
        self._rows: dict[str, InventoryRow] = {}
        self._chosen: set[str] = set()
        self.display = False

    def compose(self) -> ComposeResult:
        """Yield the question, the rows, and the details of the current row."""
        yield Static(_(_QUESTION), classes="field-title", markup=False)
        yield PickList()
        yield Static("", classes="field-note", markup=False)

    def show(self, inventory: Inventory) -> None:
        """Show the workloads of an inventory; none is chosen."""
        self._rows, self._chosen = {row.key: row for row in inventory.rows}, set()
        self.display = bool(self._rows)
        self._draw()

    def clear(self) -> None:
        """Show nothing."""
        self._rows, self._chosen, self.display = {}, set(), False

    def choose(self, keys: Iterable[str]) -> list[str]:
        """Choose the workloads with these keys. Returns the keys that no workload has."""
        wanted = list(keys)
        self._chosen = {key for key in wanted if key in self._rows}
        self._draw()
        return [key for key in wanted if key not in self._rows]

    @property
    def chosen(self) -> list[InventoryRow]:
        """The rows that are chosen, in their order."""
        return [row for key, row in self._rows.items() if key in self._chosen]

    def focus_list(self) -> None:
        """Focus the rows, if there are any."""
        if self._rows:
            self.query_one(PickList).focus()

    @on(PickList.Toggled)
    def _on_toggled(self, event: PickList.Toggled) -> None:
        event.stop()
        self._chosen ^= {event.key}
        self._draw()
        self.post_message(self.Chosen())

    @on(OptionList.OptionHighlighted)
    def _on_moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._describe()

    def _draw(self) -> None:
        width = max([_LEAST, *(len(key) for key in self._rows)])
        picks = [Pick(key, _line(row, width), key in self._chosen) for key, row in self._rows.items()]
        self.query_one(PickList).show(picks)
        self._describe()

    def _describe(self) -> None:
        """Show the details of the current row."""
        pick = self.query_one(PickList).here
        row = self._rows.get(pick.key) if pick else None
        if row is not None:
            set_text(self.query_one(".field-note", Static), _details(row))


def _line(row: InventoryRow, width: int) -> Content:
    way = (row.way_text, "$text-muted" if row.uses_federation else "$text-warning")
    return Content.assemble((row.key.ljust(width), "bold"), "  ", way)


def _details(row: InventoryRow) -> Content:
    following = row.next_step if row.uses_federation else _(_CHOOSE)
    pairs = (
        (_("workload"), row.workload),
        (_("identity"), row.identity),
        (_("today"), row.detail),
        (_("next"), following),
    )
    return Content("\n").join([Content.assemble((f"{label}: ", "$text-muted"), text) for label, text in pairs])
