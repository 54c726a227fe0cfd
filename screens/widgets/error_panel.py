"""An error on a page: operation, error, cause and fix, and the raw error on a key."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from screens.error_text import ErrorText
from screens.widgets.dialogs import TextDialog
from screens.widgets.disclosure import Disclosure
from wizard.language import _
from wizard.outside.text import visible


class ErrorPanel(Disclosure):
    """Shows an error; hidden while there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy", id="error.copy", tooltip="Copy the error"),
        Binding("r", "raw", "Raw", id="error.raw", tooltip="Show the full error"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(open=True, id=id, classes="error")
        self.error: ErrorText | None = None
        self.display = False

    def show(self, heading: str, error: ErrorText) -> None:
        """Show an error under a heading."""
        self.error = error
        self.set_texts(Content.styled(f"✗ {heading}", "bold $text-error"), labelled_parts(error), copies=error.text)
        self.display = self.is_open = True

    def clear(self) -> None:
        """Remove the error."""
        self.error, self.display = None, False

    def action_raw(self) -> None:
        """Show the raw error."""
        if self.error:
            self.app.push_screen(TextDialog(_("Full error"), self.error.raw))


def labelled_parts(error: ErrorText) -> Content:
    """Return the parts of an error, one per line, each with its label."""
    return Content("\n").join(Content.assemble((f"{label}  ", "bold"), visible(text)) for label, text in error.labelled)
