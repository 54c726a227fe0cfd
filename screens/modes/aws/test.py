"""The Test page for AWS: one workload, with its chain above the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from screens.test import BUSY, TestPage
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.hop_details import HopDetails
from wizard.language import _
from wizard.modes.aws import chain_titles

if TYPE_CHECKING:
    from wizard.chain.hop import Verdict
    from wizard.modes.aws.model import AwsSetup

_PASSED = (
    "[bold $text-success]✓ The live test passed.[/] The workload gets a token, and has the permissions of the "
    "granted roles.\n\n[bold]Next steps[/]  Deploy the application with the files from the Result page, check that "
    "the application works, then delete its service account key."
)


_FROM_HERE = "press h to test on this machine, with the workload's role"

_TEST_LIBRARY = (
    "[bold]Next steps[/]  This test did not include an auth library. To also test the application's auth library on "
    "this machine, with the workload's role, press h."
)


class AwsTestPage(TestPage):
    """Tests inside the workload, in a one-off task, on the instance, or from this machine with the workload's role."""

    page_id: ClassVar[str] = "aws-test"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "h",
            "from_here",
            "Test from here",
            id="test.here",
            tooltip="Test on this machine, with the workload's role, without starting a task",
        ),
    ]

    def compose_body(self) -> ComposeResult:
        """Yield the introduction, the button, the picture, the error, the verdict, and the hops."""
        yield Static("", id="test-about", markup=False)
        with Horizontal(id="test-start"):
            yield from self.buttons()
            yield Static("", id="test-now", markup=False)
        yield ChainPicture({}, id="test-picture")
        yield ErrorPanel(id="test-error")
        yield Static("", id="test-verdict", markup=False)
        yield HopDetails(id="test-hops")

    def buttons(self) -> Iterable[Button]:
        """Yield a button for each place."""
        yield from super().buttons()
        yield Button(_("Test from here"), id="test-here", compact=True)

    def draw(self) -> None:
        """Do nothing, because `reset` draws the picture."""

    def is_drawn(self, workload: str) -> bool:
        """Return True: the only workload is always shown."""
        del workload
        return True

    def chain(self, workload: str) -> tuple[ChainPicture, HopDetails]:
        """Return the widgets of the only workload."""
        del workload
        return self.query_one(ChainPicture), self.query_one(HopDetails)

    def reset(self) -> None:
        """Remove all outcomes, the error and the verdict, and draw the chain of the current setup."""
        setup = self.session.setup
        titles = self.session.mode.chains(setup)[""] if setup else {}
        place = self.place or self._first_place
        if titles and place in ("inside", "task"):
            titles = chain_titles.in_workload(titles)
        self.query_one(ChainPicture).reset(titles)
        self.query_one(HopDetails).clear()
        super().reset()

    def about(self, setup: Any) -> Content:
        """Return where the test runs, and with which identity."""
        aws: AwsSetup = setup
        if self._runs_inside:
            return Content.from_markup(
                _(
                    "This machine runs the workload: the test runs [bold]inside[/] the workload, with the credentials "
                    "of its runtime."
                )
            )
        if not aws.role_name:
            return Content.from_markup(
                _(
                    "The test runs in a [bold]one-off pod[/] in the cluster [bold]$cluster[/], with the service "
                    "account [bold]$account[/] and its token. You can also run the test [bold]here[/], on this "
                    "machine. The test removes everything that it adds."
                ),
                cluster=aws.aws.cluster,
                account=aws.kubernetes_account,
            )
        if self._first_place == "task" and aws.aws.instance:
            return Content.from_markup(
                _(
                    "AWS Systems Manager runs the test on the instance [bold]$instance[/], with the workload's role "
                    "[bold]$role[/]. You can also run the test [bold]here[/], on this machine. The test removes "
                    "everything that it adds."
                ),
                instance=aws.aws.instance,
                role=aws.role_name,
            )
        if self._first_place == "task":
            return Content.from_markup(
                _(
                    "The test runs where the workload runs, in a [bold]one-off task[/], with the workload's role "
                    "[bold]$role[/]. You can also run the test [bold]here[/], on this machine. The test removes "
                    "everything that it adds."
                ),
                role=aws.role_name,
            )
        return Content.from_markup(
            _(
                "The test runs [bold]here[/], on this machine, with the workload's role [bold]$role[/]. The test "
                "removes everything that it adds."
            ),
            role=aws.role_name,
        )

    @property
    def _runs_inside(self) -> bool:
        return self._first_place == "inside"

    @property
    def _first_place(self) -> str:
        """The place in which the test proves most."""
        from wizard.modes.aws.live.test import best_place

        setup: Any = self.session.setup
        return best_place(setup, self.session.environ) if setup else "here"

    def other_way(self) -> str:
        """Return that the test can run on this machine, unless that is what could not run."""
        return _(_FROM_HERE) if self._offers_here and self.place != "here" else ""

    def action_from_here(self) -> None:
        """Test on this machine, with the workload's role."""
        self.start_in("here")

    @on(Button.Pressed, "#test-here")
    def _on_here_pressed(self) -> None:
        self.action_from_here()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the keys that do something in the current state."""
        if action == "from_here":
            return self._offers_here
        return super().check_action(action, parameters)

    @property
    def _offers_here(self) -> bool:
        """Whether the page offers the test from here apart."""
        return self._first_place == "task" and self.state not in BUSY

    def set_state(self, state: str) -> None:
        """Change the state, the labels of the buttons, and which texts are shown."""
        super().set_state(state)
        self.query_one("#test-here").display = self._offers_here

    def not_proven_text(self, verdict: Verdict) -> Content:
        """Return the verdict of a test that did not prove everything; in a task, it never proves the library."""
        from wizard.modes.aws.live.hops import APPLICATION

        lines = super().not_proven_text(verdict)
        lacks_library = any(name.startswith(APPLICATION.title) for name in verdict.not_proven)
        in_task = self._first_place == "task" and self.place != "here"
        return (
            Content("\n\n").join([lines, Content.from_markup(_(_TEST_LIBRARY))]) if in_task and lacks_library else lines
        )

    def passed_text(self) -> Content:
        """Return the verdict of a test that passed, and what to do next."""
        return Content.from_markup(_(_PASSED))

    def starting_text(self, consent: bool) -> str:
        """Return what the test does before the first step has an outcome."""
        setup: Any = self.session.setup
        if self._first_place == "task" and self.place != "here":
            starting = _("Starting the test on the instance") if setup.aws.instance else _("Starting a one-off task")
            return starting if consent else _("Reading the setup before the test")
        if consent:
            return _("Waiting for the new trust policy to take effect")
        assumes = setup is not None and bool(setup.role_name)
        return _("Checking who can assume the role") if assumes and not self._runs_inside else ""


PAGE = AwsTestPage
