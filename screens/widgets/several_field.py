"""A field for several names: rows to select if the list has any, else a line to type them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from screens.widgets.field import Field
from screens.widgets.pick_list import Pick, PickList
from wizard.language import _

if TYPE_CHECKING:
    from textual.widget import Widget

    from wizard.setup.question import Choice, Value


class SeveralField(Field):
    """The names that were chosen stay selected, also those that the list does not have."""

    _choices: tuple[Choice, ...] = ()

    def compose_control(self) -> ComposeResult:
        """Yield the rows and the line."""
        yield PickList()
        yield Input(
            compact=True, select_on_focus=False, classes="field-input", placeholder=_("names, separated by spaces")
        )

    @property
    def control(self) -> Widget:
        """The widget that takes the focus: the rows or the line."""
        rows = self.query_one(PickList)
        return rows if rows.display else self.query_one(Input)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Show a row for each choice."""
        self._choices = tuple(choices)
        self.update_answer()

    def update_answer(self) -> None:
        """Show the current value."""
        self.show_value(self.answers.get(self.question.path))
        super().update_answer()

    def show_value(self, value: Value | None) -> None:
        """Show which names are chosen."""
        chosen = _names(value)
        notes = {choice.value: choice.note for choice in self._choices}
        further = [name for name in chosen if name not in notes]
        rows = [*notes, *further] if notes else []
        self.query_one(PickList).show([_row(name, notes.get(name, ""), name in chosen) for name in rows])
        line = self.query_one(Input)
        line.display = not rows
        if not line.has_focus:
            with self.prevent(Input.Changed):
                line.value = " ".join(chosen)

    @on(PickList.Toggled)
    def _on_toggled(self, event: PickList.Toggled) -> None:
        event.stop()
        chosen = _names(self.answers.get(self.question.path))
        others = tuple(name for name in chosen if name != event.key)
        self.answer(others if event.key in chosen else (*chosen, event.key))

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        event.stop()
        self.answer(tuple(event.value.replace(",", " ").split()))

    @on(Input.Submitted)
    def _on_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.done()


def _names(value: Value | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _row(name: str, note: str, chosen: bool) -> Pick:
    return Pick(name, Content.assemble((name, "bold"), "  ", (note, "$text-muted")), chosen)
