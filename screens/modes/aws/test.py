"""The Test page for AWS: one workload, with its chain above the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from screens.test import TestPage
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.hop_details import HopDetails
from wizard.modes.aws import chain_titles

if TYPE_CHECKING:
    from wizard.modes.aws.model import AwsSetup

_PASSED = Content.from_markup(
    "[bold $text-success]✓ The live test passed.[/] The workload gets a token, and has the permissions of the "
    "granted roles.\n\n[bold]Next steps[/]  Deploy the files from Result with the application, check that the "
    "application works, then delete its service account key."
)


class AwsTestPage(TestPage):
    """Tests inside the workload, or from this machine with the workload's role."""

    page_id: ClassVar[str] = "aws-test"

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
        if titles and self._runs_inside:
            titles = chain_titles.in_workload(titles)
        self.query_one(ChainPicture).reset(titles)
        self.query_one(HopDetails).clear()
        super().reset()

    def about(self, setup: Any) -> Content:
        """Return where the test runs, and with which identity."""
        aws: AwsSetup = setup
        if self._runs_inside:
            return Content.from_markup(
                "This machine is the workload: the test runs [bold]inside[/] the workload, with the credentials of "
                "its runtime."
            )
        if not aws.role_name:
            return Content.from_markup(
                "The test runs from [bold]here[/], which is this machine, with a token that the cluster [bold]$cluster"
                "[/] issues for the service account [bold]$account[/].",
                cluster=aws.aws.cluster,
                account=aws.kubernetes_account,
            )
        return Content.from_markup(
            "The test runs from [bold]here[/], which is this machine, with the workload's role [bold]$role[/]. The "
            "test removes everything that it adds.",
            role=aws.role_name,
        )

    @property
    def _runs_inside(self) -> bool:
        from wizard.modes.aws.live.test import likely_place

        return likely_place(self.session.environ) == "inside"

    def passed_text(self) -> Content:
        """Return the verdict of a test that passed, and what to do next."""
        return _PASSED

    def starting_text(self, consent: bool) -> str:
        """Return what the test does before the first step has an outcome."""
        if consent:
            return "Waiting for the new trust policy to take effect"
        setup: Any = self.session.setup
        assumes = setup is not None and bool(setup.role_name)
        return "Checking who can assume the role" if assumes and not self._runs_inside else ""


PAGE = AwsTestPage
