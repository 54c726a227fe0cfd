"""A snippet of code to read, copy or save."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from screens.widgets.disclosure import Disclosure
from screens.widgets.long_text import LongText

_LANGUAGES = {
    "docker": "docker",
    "bash": "bash",
    "go": "go",
    "java": "java",
    "javascript": "javascript",
    "json": "json",
    "python": "python",
    "yaml": "yaml",
}


class CodePane(Disclosure):
    """Shows a title, and when it is opened the highlighted code."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy", id="code.copy", tooltip="Copy this text"),
        Binding("s", "save", "Save", id="code.save", tooltip="Save this text to a file"),
    ]

    class Save(Message):
        """The user wants to save the text to a file of this name."""

        def __init__(self, text: str, file: str) -> None:
            super().__init__()
            self.text = text
            self.file = file

    def __init__(self, title: str, why: str, text: str, language: str, file: str, *, open: bool = False) -> None:
        """`why` is shown above the code; `text` is copied and saved unchanged; `file` is the proposed file name."""
        self._why, self._code, self._language, self._file = why, text, language, file
        super().__init__(Content.styled(title, "bold"), Content(why), open=open, copies=text, classes="code")

    def compose(self) -> ComposeResult:
        """Yield the line, and room for the code below it."""
        yield from super().compose()
        with Vertical(classes="code--text") as code:
            code.display = self.is_open
            if self.is_open:
                yield LongText(self._highlighted)

    def watch_is_open(self) -> None:
        """Highlight the code when it is first shown: that takes time, and most snippets are never opened."""
        super().watch_is_open()
        if not self.is_mounted:
            return
        code = self.query_one(".code--text")
        if self.is_open and not code.children:
            code.mount(LongText(self._highlighted))
        code.display = self.is_open

    @property
    def _highlighted(self) -> Content:
        return highlighted(self._code, self._language)

    def action_save(self) -> None:
        """Post Save."""
        self.post_message(self.Save(self._code, self._file))


HIGHLIGHTED = 20_000
"""The most characters that are highlighted: more would take longer than a key may take."""


def highlighted(text: str, language: str) -> Content:
    """Return the text highlighted by Pygments; an unknown language, or a long text, is plain text."""
    from textual.highlight import highlight

    if len(text) > HIGHLIGHTED:
        return Content(text.rstrip("\n").expandtabs(4))
    return highlight(text.rstrip("\n"), language=_LANGUAGES.get(language, "text"), tab_size=4)
