"""The Result page for AWS: the credential configuration, the variables, and the code for the application."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.result import NOT_OPENED, ResultPage
from wizard.language import _, translated

if TYPE_CHECKING:
    from wizard.modes.aws.app_code import Variable
    from wizard.modes.aws.opened import AwsOpened


class AwsResultPage(ResultPage):
    """Shows what the team of the application needs, to copy or save."""

    page_id: ClassVar[str] = "aws-result"

    _shown: AwsOpened | None = None

    def compose_application(self) -> ComposeResult:
        """Yield the path of the file, the file, the variables, and the snippets."""
        yield Static("", id="result-saved", markup=False)
        yield Static("", id="result-below", markup=False)
        yield Vertical(id="result-file")
        yield Static("", id="result-variables", markup=False)
        yield Static("", id="result-identity", markup=False)
        yield Vertical(id="result-snippets")

    def entered(self) -> None:
        """Show the files of the setup."""
        self.show_verdict()
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
        notes = [translated(note) for note in (app_code.identity(setup), app_code.why_not_unchanged(setup)) if note]
        lines = [Content.assemble(("! ", "$text-warning"), note) for note in notes]
        self.query_one("#result-identity", Static).update(Content("\n").join(lines))
        self.show_files("#result-snippets", snippets)


def _saved(opened: AwsOpened | None) -> Content:
    if opened is None:
        return Content(NOT_OPENED)
    path = opened.blueprint.config_path
    if path.exists():
        return Content.assemble((_("✓ Saved:"), "$text-success"), " ", str(path))
    return Content.assemble(
        (_("Not saved yet:"), "$text-warning"), " ", _("Apply writes this content to {path}.").format(path=path)
    )


def _below(supplier: bool) -> Content:
    """Return a note on what is below the file, which a small screen does not show."""
    if supplier:
        text = _(
            "This page shows the variables to set, the code (Python, Go, Node.js or Java), the options for an "
            "application that you cannot change, and how to deploy the credential configuration."
        )
    else:
        text = _("This page shows the variables to set, and how to deploy the credential configuration.")
    return Content.styled(text, "$text-muted")


def _variables(variables: list[Variable]) -> Content:
    lines = [Content.styled(_("Set these variables in the workload"), "bold")]
    for variable in variables:
        lines.append(Content.assemble((variable.name, "$text-accent"), f"={variable.value}"))
        lines.append(Content.styled(f"  {translated(variable.why)}", "$text-muted"))
    return Content("\n").join(lines)


PAGE = AwsResultPage
