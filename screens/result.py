"""The Result page: the files to copy or save after apply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.page import Page
from screens.saving import save
from screens.widgets.code_pane import CodePane

if TYPE_CHECKING:
    from wizard.chain.hop import Verdict
    from wizard.modes.opened import ExportedFile

_FAILED = "✗ The last live test failed."
_NOT_PROVEN = "? The last live test passed. Not proven: {names}"
NOT_OPENED = "There is nothing to show yet. Go to Review first."


class ResultPage(Page):
    """Shows the files that the setup generates. A mode can add other widgets."""

    page_id: ClassVar[str] = "result"
    title: ClassVar[str] = "Files to use"

    def compose_body(self) -> ComposeResult:
        """Yield what the live test did not prove, the introduction, and the files."""
        yield Static("", id="result-verdict", markup=False)
        yield Static("", id="result-about", markup=False)
        yield Vertical(id="result-files")

    def entered(self) -> None:
        """Show the files of the setup."""
        self.show_verdict()
        opened = self.session.opened
        self.query_one("#result-about", Static).update("Copy or save these files." if opened else NOT_OPENED)
        self.show_files("#result-files", opened.exports() if opened else (), open_first=True)

    def show_verdict(self) -> None:
        """Show what the last live test of this setup did not prove; nothing if it proved everything, or did not run."""
        verdict, line = self.session.verdict, self.query_one("#result-verdict", Static)
        line.display = verdict is not None and not verdict.is_proven
        if verdict is not None:
            line.update(_verdict(verdict))

    def show_files(self, place: str, files: Sequence[ExportedFile], open_first: bool = False) -> None:
        """Replace the files in a part of the page, which the selector `place` names."""
        container = self.query_one(place)
        container.remove_children()
        container.mount_all(_pane(file, open_first and file is files[0]) for file in files)

    @on(CodePane.Save)
    def _on_save(self, event: CodePane.Save) -> None:
        save(self, self.session.folder / event.file, event.text)


def _verdict(verdict: Verdict) -> Content:
    if not verdict.passed:
        return Content.styled(_FAILED, "bold $text-error")
    return Content.styled(_NOT_PROVEN.format(names="; ".join(verdict.not_proven)), "$text-warning")


def _pane(file: ExportedFile, is_open: bool) -> CodePane:
    return CodePane(file.title, file.why, file.text, file.language, file.file, open=is_open)


PAGE = ResultPage
