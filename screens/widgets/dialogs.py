"""Two dialogs: a yes-or-no question, and a text to read and copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from screens.widgets.footer import Footer
from screens.widgets.long_text import LongText
from wizard.language import _, translated


class YesNoDialog(ModalScreen[bool]):
    """Asks a question; its result is the answer. Esc answers no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "No", id="dialog.no", tooltip="Answer no"),
        Binding("y", "answer(True)", "Yes", id="dialog.yes", tooltip="Answer yes", show=False),
        Binding("n", "answer(False)", "No", id="dialog.no-key", tooltip="Answer no", show=False),
        Binding("left,right,up,down", "app.focus_next", "Next button", id="dialog.other", show=False),
    ]

    def __init__(
        self, title: str, text: str | Content, yes: str = "Yes", no: str = "No", *, dangerous: bool = False
    ) -> None:
        """`yes` and `no` are the labels of the buttons; a `dangerous` question starts on the `no` button."""
        super().__init__()
        self._title, self._text, self._yes, self._no, self._dangerous = title, text, yes, no, dangerous

    def compose(self) -> ComposeResult:
        """Yield the title, the text and the buttons."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-body", can_focus=False):
                yield Static(self._text, markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button(Content(translated(self._yes)), id="yes", compact=True)
                yield Button(Content(translated(self._no)), id="no", compact=True)

    def on_mount(self) -> None:
        """Focus the safe answer if the other one is dangerous."""
        self.query_one("#no" if self._dangerous else "#yes", Button).focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Close the dialog with this answer."""
        self.dismiss(answer)


class TextDialog(ModalScreen[None]):
    """Shows a text to read, copy and, for some texts, save: commands, or a cloud's raw response."""

    AUTO_FOCUS = "*"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", id="dialog.close", tooltip="Close this text"),
        Binding("c", "copy", "Copy", id="dialog.copy", tooltip="Copy the whole text"),
        Binding("s", "save", "Save", id="dialog.save", tooltip="Save the whole text to a file"),
    ]

    def __init__(self, title: str, text: str, note: str = "", save: Callable[[], None] | None = None) -> None:
        """`text` is shown and copied unchanged; `note` is shown above it; `save` is called to write it to a file."""
        super().__init__()
        self._title, self._text, self._note, self._save = title, text, note, save

    def compose(self) -> ComposeResult:
        """Yield the title, the note, the text and the footer."""
        with Vertical(classes="dialog wide"):
            yield Static(self._title, classes="dialog-title", markup=False)
            if self._note:
                yield Static(self._note, classes="dialog-note", markup=False)
            with VerticalScroll(classes="dialog-body", can_focus=True):
                yield LongText(Content(self._text), classes="verbatim")
        yield Footer()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer Save only if there is a function that saves."""
        return self._save is not None if action == "save" else super().check_action(action, parameters)

    def action_save(self) -> None:
        """Call the function that saves the text."""
        if self._save:
            self._save()

    def action_copy(self) -> None:
        """Send the text to the terminal's clipboard. Some terminals ignore this, so the text stays in view."""
        self.app.copy_to_clipboard(self._text)
        self.notify(_("The wizard sent the text to the terminal's clipboard."), markup=False)
