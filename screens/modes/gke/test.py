"""Test on GKE: each workload's steps, from here and in a one-off pod."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button

from screens.test import BUSY, TestPage

if TYPE_CHECKING:
    from wizard.setup.sections import Setup

_PASSED = Content.assemble(
    ("✓ The token test passed.", "bold $text-success"),
    " Each workload gets a token of its own, and has the permissions that were granted.\n\n",
    ("What now  ", "bold"),
    "Commit what Result shows, and roll it out. Then remove these roles from the nodes' service account, "
    "and delete keys that pods have mounted.",
)
_PASSED_FROM_HERE = Content.assemble(
    ("✓ The token test passed, from here.", "bold $text-success"),
    " Each workload gets a token of its own, and has the permissions that were granted.\n\n",
    ("What now  ", "bold"),
    "The nodes' part was not tested: press t to test in one-off pods too.",
)


class GkeTestPage(TestPage):
    """Asks before it starts pods; what can be tested from here needs none."""

    page_id: ClassVar[str] = "gke-test"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "from_here", "From here", id="test.here", tooltip="Test without starting a pod"),
    ]

    def buttons(self) -> Iterable[Button]:
        """One for each place."""
        yield from super().buttons()
        yield Button("From here only", id="test-here", compact=True)

    def about(self, setup: Setup) -> Content:
        """Where the test runs from, and as whom."""
        del setup
        return Content.assemble(
            "The test runs from ",
            ("here", "bold"),
            " with a token of each workload's Kubernetes service account, and then in a ",
            ("one-off pod", "bold"),
            ", where the workload runs. It leaves nothing behind.",
        )

    def passed_text(self) -> Content:
        """The verdict on a test that has passed, and what to do next."""
        return _PASSED_FROM_HERE if self.place == "here" else _PASSED

    def action_from_here(self) -> None:
        """Test every step up to the pod."""
        self.start_in("here")

    @on(Button.Pressed, "#test-here")
    def _here_pressed(self) -> None:
        self.action_from_here()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that can do nothing now are not offered."""
        if action == "from_here":
            return self.state not in BUSY
        return super().check_action(action, parameters)

    def turn(self, state: str) -> None:
        """Go to another state."""
        super().turn(state)
        self.query_one("#test-here").display = state not in BUSY
        self.query_one("#test-about").display = state not in ("passed", "failed")  # its result takes the room


PAGE = GkeTestPage
