"""Result: what to take along, to copy or save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from screens.page import Page
from screens.saving import save
from screens.widgets.code_pane import CodePane

if TYPE_CHECKING:
    from wizard.modes.opened import ExportedFile

NOT_OPENED = "Nothing yet: the review opens the setup."


class ResultPage(Page):
    """The files that follow from the setup that is open. A mode may show more around them."""

    page_id: ClassVar[str] = "result"
    title: ClassVar[str] = "What to take along"

    def compose_body(self) -> ComposeResult:
        """What it is about, and the files."""
        yield Static("", id="result-about", markup=False)
        yield Vertical(id="result-files")

    def entered(self) -> None:
        """Show what follows from the setup that is open."""
        opened = self.session.opened
        self.query_one("#result-about", Static).update("Copy or save these files." if opened else NOT_OPENED)
        self.show_files("#result-files", opened.exports() if opened else (), open_first=True)

    def show_files(self, place: str, files: Sequence[ExportedFile], open_first: bool = False) -> None:
        """Show files in a part of the page, in place of those before."""
        around = self.query_one(place)
        around.remove_children()
        around.mount_all(_pane(each, open_first and each is files[0]) for each in files)

    @on(CodePane.Save)
    def _save(self, event: CodePane.Save) -> None:
        save(self, self.session.folder / event.file, event.text)


def _pane(file: ExportedFile, is_open: bool) -> CodePane:
    return CodePane(file.title, file.why, file.text, file.language, file.file, open=is_open)


PAGE = ResultPage
