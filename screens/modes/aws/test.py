"""Test on AWS: one workload, whose picture stands above the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from screens.test import TestPage
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.error_panel import Trouble
from screens.widgets.hop_details import HopDetails

if TYPE_CHECKING:
    from wizard.modes.aws.model import AwsSetup

_PASSED = Content.assemble(
    ("✓ The token test passed.", "bold $text-success"),
    " The workload gets a token, and has the permissions that were granted.\n\n",
    ("What now  ", "bold"),
    "Give the application what Result shows, see it work there, and then delete the service account key that it used.",
)


class AwsTestPage(TestPage):
    """Says whether the test runs inside the workload, or here with its role."""

    page_id: ClassVar[str] = "aws-test"

    def compose_body(self) -> ComposeResult:
        """Where from, the button, the picture, the verdict, and the hops."""
        yield Static("", id="test-about", markup=False)
        with Horizontal(id="test-start"):
            yield from self.buttons()
            yield Static("", id="test-now", markup=False)
        yield ChainPicture({}, id="test-picture")
        yield Trouble(id="test-trouble")
        yield Static("", id="test-verdict", markup=False)
        yield HopDetails(id="test-hops")

    def draw(self) -> None:
        """The picture is drawn anew with everything else."""

    def chain(self, workload: str) -> tuple[ChainPicture, HopDetails]:
        """There is one."""
        del workload
        return self.query_one(ChainPicture), self.query_one(HopDetails)

    def forget(self) -> None:
        """Show that nothing was tested yet."""
        setup = self.session.setup
        titles = self.session.mode.chains(setup)[""] if setup else {}
        self.query_one(ChainPicture).reset(titles)
        self.query_one(HopDetails).clear()
        super().forget()

    def about(self, setup: Any) -> Content:
        """Where the test runs from, and as whom."""
        aws: AwsSetup = setup
        if self._runs_inside:
            return Content.assemble(
                "This machine is the workload itself: the test runs ",
                ("inside", "bold"),
                ", with the credentials that the runtime provides.",
            )
        return Content.assemble(
            "The test runs from ",
            ("here", "bold"),
            ", as the workload does: with the role ",
            (aws.aws.role, "bold"),
            ". It leaves nothing behind.",
        )

    @property
    def _runs_inside(self) -> bool:
        from wizard.modes.aws.live.test import likely_place

        return likely_place(self.session.environ) == "inside"

    def passed_text(self) -> Content:
        """The verdict on a test that has passed, and what to do next."""
        return _PASSED

    def starting_text(self, consent: bool) -> str:
        """What is waited for until the first step has an outcome."""
        if consent:
            return "waiting until the changed trust policy is effective"
        return "" if self._runs_inside else "asking who can assume the role"


PAGE = AwsTestPage
