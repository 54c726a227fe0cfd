"""Code and JSON to read, highlighted, and to copy or save."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from screens.widgets.disclosure import Disclosure

_LANGUAGES = {"docker": "docker", "bash": "bash", "go": "go", "json": "json", "python": "python", "yaml": "yaml"}


class CodePane(Disclosure):
    """A snippet under a title, highlighted when it is opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy", id="code.copy", tooltip="Copy this, by the terminal's own means"),
        Binding("s", "save", "Save", id="code.save", tooltip="Save this to a file of its own"),
    ]

    class Save(Message):
        """The text is wanted as a file."""

        def __init__(self, text: str, file: str) -> None:
            super().__init__()
            self.text = text
            self.file = file

    def __init__(self, title: str, why: str, text: str, language: str, file: str, *, open: bool = False) -> None:
        """`text` is copied and saved as it is; `file` is the name that is proposed."""
        self._why, self._code, self._language, self._file = why, text, language, file
        super().__init__(Content.styled(title, "bold"), Content(why), open=open, copies=text, classes="code")

    def compose(self) -> ComposeResult:
        """The fold, with room for the code in its body."""
        yield from super().compose()
        code = Static(self._lit if self.is_open else "", classes="code--text", markup=False)
        code.display = self.is_open
        yield code

    def watch_is_open(self) -> None:
        """Highlight on first sight: it takes time, and most snippets are never opened."""
        super().watch_is_open()
        if not self.is_mounted:
            return
        code = self.query_one(".code--text", Static)
        if self.is_open:
            code.update(self._lit)
        code.display = self.is_open

    @cached_property
    def _lit(self) -> Content:
        return lit(self._code, self._language)

    def action_save(self) -> None:
        """Ask for it to be saved."""
        self.post_message(self.Save(self._code, self._file))


def lit(text: str, language: str) -> Content:
    """The text with colours by its grammar (Pygments)."""
    from textual.highlight import highlight

    return highlight(text.rstrip("\n"), language=_LANGUAGES.get(language, "text"), tab_size=4)
