"""Result on AWS: the file, the variables, and the code with which the application uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.result import NOT_OPENED, ResultPage

if TYPE_CHECKING:
    from wizard.modes.aws.app_code import Variable
    from wizard.modes.aws.opened import AwsOpened


class AwsResultPage(ResultPage):
    """Everything that the application's team needs, to copy or save."""

    page_id: ClassVar[str] = "aws-result"
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
        opened = self._aws
        self.query_one("#result-saved", Static).update(_saved(opened))
        if opened is not None and opened is not self._shown:
            self._shown = opened
            self._fill(opened)

    @property
    def _aws(self) -> AwsOpened | None:
        from wizard.modes.aws.opened import AwsOpened

        return self.session.opened if isinstance(self.session.opened, AwsOpened) else None

    def _fill(self, opened: AwsOpened) -> None:
        from wizard.modes.aws import app_code

        setup = opened.setup
        file, *snippets = opened.exports()
        self.show_files("#result-file", [file], open_first=True)
        self.query_one("#result-below", Static).update(_below(app_code.needs_supplier(setup)))
        self.query_one("#result-variables", Static).update(_variables(app_code.variables(setup)))
        identity = Content.assemble(("! ", "$text-warning"), app_code.identity(setup))
        self.query_one("#result-identity", Static).update(identity)
        self.show_files("#result-snippets", snippets)


def _saved(opened: AwsOpened | None) -> Content:
    if opened is None:
        return Content(NOT_OPENED)
    path = opened.blueprint.config_path
    if path.exists():
        return Content.assemble(("✓ Saved: ", "$text-success"), str(path))
    return Content.assemble(("Not saved yet: ", "$text-warning"), f"Apply writes {path}. This is its content.")


def _below(supplier: bool) -> Content:
    """What a small screen does not show at once."""
    if supplier:
        text = "Below it: the variables to set, the code for Python or Go, and how the file gets there."
    else:
        text = "Below it: the variables to set and how the file gets there."
    return Content.styled(text, "$text-muted")


def _variables(found: list[Variable]) -> Content:
    lines = [Content.styled("Set these in the workload", "bold")]
    for each in found:
        lines.append(Content.assemble((each.name, "$text-accent"), f"={each.value}"))
        lines.append(Content.styled(f"  {each.why}", "$text-muted"))
    return Content("\n").join(lines)


PAGE = AwsResultPage
