"""An error on a page: operation, error, cause and fix, and the raw error on a key."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from screens.error_text import Told
from screens.widgets.dialogs import TextDialog
from screens.widgets.disclosure import Disclosure


class Trouble(Disclosure):
    """Shows an error; hidden while there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy", id="trouble.copy", tooltip="Copy the error"),
        Binding("r", "raw", "Raw", id="trouble.raw", tooltip="Show the full error"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(open=True, id=id, classes="trouble")
        self.told: Told | None = None
        self.display = False

    def show(self, heading: str, told: Told) -> None:
        """Show an error under a heading."""
        self.told = told
        self.tell(Content.styled(f"✗ {heading}", "bold $text-error"), words(told), copies=told.text)
        self.display = self.is_open = True

    def clear(self) -> None:
        """Remove the error."""
        self.told, self.display = None, False

    def action_raw(self) -> None:
        """Show the raw error."""
        if self.told:
            self.app.push_screen(TextDialog("Full error", self.told.raw))


def words(told: Told) -> Content:
    """Return the parts of an error, one a line, each with its label."""
    parts = [
        ("Operation", told.tried),
        ("Error", told.said),
        ("Cause", told.means),
        ("Fix", told.to_do),
    ]
    return Content("\n").join(Content.assemble((f"{label}  ", "bold"), text) for label, text in parts if text)
