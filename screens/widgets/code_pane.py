"""Code and JSON to read, highlighted, and to copy or save."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
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


class JsonView(Vertical):
    """A JSON document that is always open."""

    def __init__(self, text: str = "", file: str = "", *, title: str = "", id: str | None = None) -> None:
        """`file` is the name under which it is saved."""
        super().__init__(id=id)
        self._text, self._file, self._title = text, file, title

    def compose(self) -> ComposeResult:
        """One fold, open."""
        if self._text:
            yield CodePane(self._title or self._file, "", self._text, "json", self._file, open=True)

    async def show(self, text: str, file: str, title: str = "") -> None:
        """Show another document."""
        self._text, self._file, self._title = text, file, title
        await self.recompose()


def lit(text: str, language: str) -> Content:
    """The text with colours by its grammar (Pygments)."""
    from textual.highlight import highlight

    return highlight(text.rstrip("\n"), language=_LANGUAGES.get(language, "text"), tab_size=4)
