"""The Result page: the files to copy or save after apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static, Tabs

from screens.messages import Exported, Failed
from screens.page import Page
from screens.saving import save
from screens.widgets.code_pane import CodePane
from screens.widgets.export_tabs import APPLICATION, ExportTabs
from wizard.language import _, translated

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
    exports: ClassVar[tuple[str, ...]] = ("terraform", "script", "report")
    """The exports that have a tab."""

    def compose_body(self) -> ComposeResult:
        """Yield what the live test did not prove, the tabs, the files for the application, and the chosen export."""
        yield Static("", id="result-verdict", markup=False)
        yield ExportTabs(self.exports)
        with Vertical(id="result-application"):
            yield from self.compose_application()
        with Vertical(id="result-export") as export:
            export.display = False
            yield Static("", id="result-export-about", markup=False)
            yield Static(_(_SAVE_HINT), id="result-export-hint", classes="muted", markup=False)
            yield Vertical(id="result-export-files")

    def compose_application(self) -> ComposeResult:
        """Yield the widgets with the files for the application: by default the introduction, and the files."""
        yield Static("", id="result-about", markup=False)
        yield Vertical(id="result-files")

    def entered(self) -> None:
        """Show the files of the setup."""
        self.show_verdict()
        opened = self.session.opened
        self.query_one("#result-about", Static).update(_("Copy or save these files.") if opened else _(NOT_OPENED))
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

    @on(Tabs.TabActivated)
    def _on_tab(self, event: Tabs.TabActivated) -> None:
        event.stop()
        what = event.tab.id or APPLICATION
        self.query_one("#result-application").display = what == APPLICATION
        self.query_one("#result-export").display = what != APPLICATION
        if what == APPLICATION:
            return
        about = self.query_one("#result-export-about", Static)
        self.show_files("#result-export-files", ())
        self.query_one("#result-export-hint").display = False
        if self.session.opened is None:
            about.update(_(NOT_OPENED))
            return
        about.update(_(_EXPORTING))
        self.bridge.export(self, what)

    @on(Exported)
    def _on_exported(self, event: Exported) -> None:
        event.stop()
        if event.what != self.query_one(ExportTabs).active:  # another tab was chosen meanwhile
            return
        self.query_one("#result-export-about", Static).update(_(_ABOUT_EXPORT[event.what]))
        named = [replace(file, title=_named(file)) for file in event.files]
        self.show_files("#result-export-files", named, open_first=True)
        self.query_one("#result-export-hint").display = True

    @on(Failed)
    def _on_export_failed(self, event: Failed) -> None:
        from screens.error_text import explain

        if event.doing != "export":
            return
        event.stop()
        self.query_one("#result-export-about", Static).update(explain(event.error).error)

    @on(CodePane.Save)
    def _on_save(self, event: CodePane.Save) -> None:
        save(self, self.session.folder / event.file, event.text)


_SAVE_HINT = (
    "Select a file, then press c to copy the file or s to save the file. To write all exports to a folder: wif-wizard "
    "export SETUP.yaml all --out DIR"
)
_TITLE = "{file}: {title}"
_EXPORTING = "… creating the files"
_ABOUT_EXPORT = {
    "terraform": (
        "This Terraform module creates the same resources as the wizard. Use either Terraform or the wizard."
    ),
    "script": "This shell script creates the same resources as the wizard. The script reads each resource first, and "
    "adds only what is missing.",
    "manifests": "These manifests contain the objects in the cluster. Apply the manifests with kubectl or kustomize.",
    "report": (
        "This report shows who gets which access, what the wizard changed and tested, and what to review at the next "
        "audit."
    ),
}
"""The name of an export -> what its files are for."""


def _named(file: ExportedFile) -> str:
    """Return the title of a file with its name."""
    return _TITLE.format(file=file.file, title=translated(file.title))


def _verdict(verdict: Verdict) -> Content:
    if not verdict.passed:
        return Content.styled(_(_FAILED), "bold $text-error")
    return Content.styled(_(_NOT_PROVEN).format(names="; ".join(verdict.not_proven)), "$text-warning")


def _pane(file: ExportedFile, is_open: bool) -> CodePane:
    return CodePane(file.title, file.why, file.text, file.language, file.file, open=is_open)


PAGE = ResultPage
