"""Result: the file, the variables, and the code with which the application uses it."""

from __future__ import annotations

from pathlib import Path
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
    from wizard.modes.aws.app_code import Variable
    from wizard.work.opened import AwsOpened


class ResultPage(Page):
    """Everything that the application's team needs, to copy or save."""

    page_id: ClassVar[str] = "result"
    title: ClassVar[str] = "What the application needs"

    _shown: AwsOpened | None = None

    def compose_body(self) -> ComposeResult:
        """Where the file is, the file, the variables, and the snippets."""
        yield Static("", id="result-saved", markup=False)
        yield Static("", id="result-below", markup=False)
        yield Vertical(id="result-file")
        yield Static("", id="result-variables", markup=False)
        yield Static("", id="result-identity", markup=False)
        yield Vertical(id="result-snippets")

    def entered(self) -> None:
        """Show what follows from the setup that is open."""
        opened = self.session.aws
        self.query_one("#result-saved", Static).update(self._saved(opened))
        if opened is not None and opened is not self._shown:
            self._shown = opened
            self._fill(opened)

    def _fill(self, opened: AwsOpened) -> None:
        from wizard.federation import credential_config
        from wizard.modes.aws import app_code

        setup, path = opened.setup, opened.blueprint.config_path
        config = opened.blueprint.config()
        text = credential_config.dump(config)
        why = "It holds no secret: it says where to exchange what the workload has. Treat it as code."
        file = self.query_one("#result-file")
        file.remove_children()
        file.mount(CodePane(path.name, why, text, "json", path.name, open=True))
        self.query_one("#result-below", Static).update(_below(app_code.needs_supplier(setup.aws.runtime)))
        self.query_one("#result-variables", Static).update(_variables(app_code.variables(setup)))
        identity = Content.assemble(("! ", "$text-warning"), app_code.identity(setup))
        self.query_one("#result-identity", Static).update(identity)
        snippets = self.query_one("#result-snippets")
        snippets.remove_children()
        found = app_code.snippets(setup, config)
        snippets.mount_all([CodePane(each.title, each.why, each.text, each.language, each.file) for each in found])

    def _saved(self, opened: AwsOpened | None) -> Content:
        if opened is None:
            return Content("Nothing yet: the review opens the setup.")
        path = opened.blueprint.config_path
        if path.exists():
            return Content.assemble(("✓ Saved: ", "$text-success"), str(path))
        return Content.assemble(
            ("Not saved yet: ", "$text-warning"), f"{path} is written by Apply. This is its content."
        )

    @on(CodePane.Save)
    def _save(self, event: CodePane.Save) -> None:
        save(self, self._folder / event.file, event.text)

    @property
    def _folder(self) -> Path:
        return self.session.folder


def _below(supplier: bool) -> Content:
    """What a small screen does not show at once."""
    code = ", the code for Python or Go," if supplier else ""
    return Content.styled(f"Below it: the variables to set{code} and how the file gets there.", "$text-muted")


def _variables(found: list[Variable]) -> Content:
    lines = [Content.styled("Set these in the workload", "bold")]
    for each in found:
        lines.append(Content.assemble((each.name, "$text-accent"), f"={each.value}"))
        lines.append(Content.styled(f"  {each.why}", "$text-muted"))
    return Content("\n").join(lines)
