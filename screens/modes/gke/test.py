"""The Test page for GKE: the chain of each workload, tested from this machine and in a one-off pod."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button

from screens.test import BUSY, TestPage
from wizard.language import _

if TYPE_CHECKING:
    from wizard.chain.hop import Verdict
    from wizard.setup.sections import Setup

_PASSED = (
    "[bold $text-success]✓ The live test passed.[/] Each workload gets its own token, and has the permissions of the "
    "granted roles.\n\n[bold]Next steps[/]  Commit and deploy the files from the Result page. Then revoke these "
    "roles from the nodes' service account, and delete the keys that pods mount."
)
_TEST_IN_PODS = "[bold]Next steps[/]  The test did not include the nodes: press t to test in one-off pods too."


class GkeTestPage(TestPage):
    """Tests with one-off pods, after consent, or only from this machine, without pods."""

    page_id: ClassVar[str] = "gke-test"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "from_here", "Test from here", id="test.here", tooltip="Test without starting a pod"),
    ]

    def buttons(self) -> Iterable[Button]:
        """Yield a button for each place."""
        yield from super().buttons()
        yield Button(_("Test from here"), id="test-here", compact=True)

    def about(self, setup: Setup) -> Content:
        """Return where the test runs, and with which identity."""
        del setup
        return Content.from_markup(
            _(
                "The test runs [bold]here[/], on this machine, with a token of each workload's Kubernetes service "
                "account. Then the test runs where each workload runs, in a [bold]one-off pod[/]. The test removes "
                "everything that it adds."
            )
        )

    def passed_text(self) -> Content:
        """Return the verdict of a test that passed and proved everything, and what to do next."""
        return Content.from_markup(_(_PASSED))

    def not_proven_text(self, verdict: Verdict) -> Content:
        """Return the verdict of a test that did not prove everything; from here, it never proves the nodes."""
        lines = super().not_proven_text(verdict)
        return Content("\n\n").join([lines, Content.from_markup(_(_TEST_IN_PODS))]) if self.place == "here" else lines

    def action_from_here(self) -> None:
        """Test all steps that need no pod."""
        self.start_in("here")

    @on(Button.Pressed, "#test-here")
    def _on_here_pressed(self) -> None:
        self.action_from_here()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the keys that do something in the current state."""
        if action == "from_here":
            return self.state not in BUSY
        return super().check_action(action, parameters)

    def set_state(self, state: str) -> None:
        """Change the state, the labels of the buttons, and which texts are shown."""
        super().set_state(state)
        self.query_one("#test-here").display = state not in BUSY
        self.query_one("#test-about").display = state not in ("passed", "failed")  # the verdict needs the space


PAGE = GkeTestPage
