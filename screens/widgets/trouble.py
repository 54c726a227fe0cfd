"""What went wrong, in place: tried, answered, meant, to be done; the raw answer behind a key."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from screens.telling import Told
from screens.widgets.dialogs import TextDialog
from screens.widgets.disclosure import Disclosure


class Trouble(Disclosure):
    """Shows a Told; hidden until there is one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy", id="trouble.copy", tooltip="Copy what went wrong"),
        Binding("r", "raw", "Raw", id="trouble.raw", tooltip="Show everything that was answered"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(open=True, id=id, classes="trouble")
        self.told: Told | None = None
        self.display = False

    def show(self, heading: str, told: Told) -> None:
        """Say what went wrong."""
        self.told = told
        self.tell(Content.styled(f"✗ {heading}", "bold $text-error"), words(told), copies=told.text)
        self.display = self.is_open = True

    def clear(self) -> None:
        """Nothing is wrong."""
        self.told, self.display = None, False

    def action_raw(self) -> None:
        """Everything that is known."""
        if self.told:
            self.app.push_screen(TextDialog("The answer as it came", self.told.raw))


def words(told: Told) -> Content:
    """The parts, one under the other, each under its label."""
    parts = [
        ("What was tried", told.tried),
        ("The answer", told.said),
        ("What it means", told.means),
        ("What to do", told.to_do),
    ]
    return Content("\n").join(Content.assemble((f"{label}  ", "bold"), text) for label, text in parts if text)
