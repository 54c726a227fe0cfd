"""Test: the way of the credential, walked hop by hop, and what stands in it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from screens import chain_titles
from screens.bridge import Bridge, Failed, OutcomeHappened, SettlingHappened, Tested, TestStopped, TrustNeeded
from screens.page import Page
from screens.session import Session
from screens.telling import told
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.dialogs import YesNoDialog
from screens.widgets.hop_details import HopDetails
from screens.widgets.trouble import Trouble

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome
    from wizard.modes.aws.live.trusted import NeedsTrust
    from wizard.modes.aws.model import AwsSetup
    from wizard.work.opened import AwsOpened, GkeOpened

BUSY = frozenset({"running", "asking", "stopping"})
_BUTTONS = {"running": "Cancel", "asking": "Cancel", "stopping": "Cancelling", "ready": "Test"}

_PASSED = Content.assemble(
    ("✓ The token test passed.", "bold $text-success"),
    " The workload gets a token, and may do what was granted.\n\n",
    ("What now  ", "bold"),
    "Give the application what Result shows, see it work there, and then delete the service account key that it used.",
)


class TestPage(Page):
    """One button, which chooses the place of the test itself and says which."""

    page_id: ClassVar[str] = "test"
    title: ClassVar[str] = "Does the token work?"
    next_label: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "test", "Test", id="test.start", tooltip="Walk the chain, again if it was walked before"),
        Binding("x", "cancel", "Cancel", id="test.cancel", tooltip="End the test now, and tidy up"),
    ]

    state: str = "ready"
    """ready, running, asking (for consent), stopping, passed, failed (at a hop), broken (it could not begin)."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """As every page."""
        super().__init__(session, bridge)
        self._stop = threading.Event()
        self._tested: AwsOpened | GkeOpened | None = None

    def compose_body(self) -> ComposeResult:
        """Where from, the button, the picture, the verdict, and the hops."""
        yield Static("", id="test-about", markup=False)
        with Horizontal(id="test-start"):
            yield Button("Test", id="test-button", compact=True)
            yield Static("", id="test-now", markup=False)
        yield ChainPicture({}, id="test-picture")
        yield Trouble(id="test-trouble")
        yield Static("", id="test-verdict", markup=False)
        yield HopDetails(id="test-hops")

    def on_unmount(self) -> None:
        """The app is left: a test that is under way ends, and tidies up."""
        self._stop.set()

    def entered(self) -> None:
        """Draw the chain of this setup; what was walked for another is forgotten."""
        if self.state in BUSY:
            return
        if self._tested is None or self._tested is not self.session.opened:
            self._forget()
            self._turn("ready")
        self.query_one("#test-about", Static).update(self._about())

    def _forget(self) -> None:
        self.query_one(ChainPicture).reset(self._titles())
        self.query_one(HopDetails).clear()
        self.query_one(Trouble).clear()
        self._say("")
        self._conclude(Content(""))

    def chain(self, workload: str = "") -> tuple[ChainPicture, HopDetails]:
        """Where the chain of a workload is shown."""
        del workload
        return self.query_one(ChainPicture), self.query_one(HopDetails)

    def _titles(self) -> dict[str, str]:
        setup = self._setup()
        return chain_titles.titles(setup) if setup else {}

    def _setup(self) -> AwsSetup | None:
        from wizard.setup.problems import SetupError

        if self.session.aws is not None:
            return self.session.aws.setup
        try:
            setup = self.session.answers.to_setup()
        except SetupError:
            return None
        return setup if setup.mode == "aws" else None

    def _about(self) -> Content:
        setup = self._setup()
        if setup is None:
            return Content("The answers do not make a setup yet: go back and complete them.")
        if self._place == "inside":
            return Content.assemble(
                "This machine is the workload itself: the test runs ",
                ("inside", "bold"),
                ", with the credentials that the runtime gives.",
            )
        return Content.assemble(
            "The test runs from ",
            ("here", "bold"),
            ", as the workload does: with the role ",
            (setup.aws.role, "bold"),
            ". It leaves nothing behind.",
        )

    @property
    def _place(self) -> str:
        from wizard.commands.test import inside_or_here

        return inside_or_here(self.session.environ)

    # The walk

    @on(Button.Pressed, "#test-button")
    def _pressed(self) -> None:
        if self.state in BUSY:
            self.action_cancel()
        else:
            self.action_test()

    def action_test(self) -> None:
        """Walk the chain from its start."""
        if self.state not in BUSY:
            self._walk(consent=False)

    def _walk(self, consent: bool) -> None:
        self._forget()
        self.query_one(ChainPicture).start()
        self._stop = threading.Event()
        self._turn("running")
        self._say("asking who may assume the role" if self._place == "here" else "")
        if consent:
            self._say("waiting until AWS honours the changed trust policy")
        self.bridge.test(self, self._place, consent, self._stop)

    def action_cancel(self) -> None:
        """End the test; what it put into the trust policy is taken out again first."""
        if self.state == "running":
            self._stop.set()
            self._turn("stopping")
            self._say("ending, and tidying up")

    @on(OutcomeHappened)
    async def _outcome(self, event: OutcomeHappened) -> None:
        if self.state == "running":
            self._say("")
            picture, hops = self.chain(event.workload)
            picture.show(event.outcome)
            await hops.add(event.outcome)

    @on(SettlingHappened)
    def _settling(self, event: SettlingHappened) -> None:
        if self.state == "running":
            self.chain(event.workload)[0].settle(event.settling)
            self._say(event.settling.text)

    @on(TrustNeeded)
    def _trust_needed(self, event: TrustNeeded) -> None:
        self._turn("asking")
        dialog = YesNoDialog(
            "May one statement be added for the test?",
            _question(event.need),
            "Add it, and remove it at the end",
            "No",
            dangerous=True,
        )
        self.app.push_screen(dialog, self._consented)

    def _consented(self, yes: bool | None) -> None:
        if yes:
            self._walk(consent=True)
            return
        self._halt()
        self._turn("ready")
        self._say("Nothing was changed, and nothing was tested.")

    @on(TestStopped)
    def _stopped(self) -> None:
        self._halt()
        self._turn("ready")
        self._say("Cancelled. What the test had added is taken out again.")

    @on(Tested)
    def _ended(self, event: Tested) -> None:
        from wizard.chain.hop import passed

        if self.state == "stopping":
            self._stopped()
            return
        self._tested, self.session.outcomes = self.session.opened, event.outcomes
        self._halt()
        self._turn("passed" if all(passed(each) for each in event.walks.values()) else "failed")
        self._say("")
        if self.state == "passed":
            self.session.done.add(self.page_id)
            self._conclude(self.passed_says)
        else:
            self.session.done.discard(self.page_id)
            self._conclude(_NOT_PASSED)
            self._open_first(event.walks)
        self.post_message(self.Changed())

    @property
    def passed_says(self) -> Content:
        """The verdict on a test that has passed."""
        return _PASSED

    def _halt(self) -> None:
        """Nothing is under way any more."""
        for picture in self.query(ChainPicture):
            picture.stop()

    def _open_first(self, walks: Mapping[str, list[Outcome]]) -> None:
        """Bring the hop that a cloud refused into view, of the first walk in which there is one."""
        failed = [(workload, each) for workload, walk in walks.items() for each in walk if each.status == "failed"]
        refused = next((each for each in failed if each[1].hop.id != "principal"), failed[0] if failed else None)
        line = self.chain(refused[0])[1].line(refused[1].hop.id) if refused else None
        if line is not None and self.display:
            self.call_after_refresh(self.bring_into_view, line)

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        self._halt()
        self._turn("broken")
        self._say("")
        self.query_one(Trouble).show("The test could not be carried out", told(event.error))

    # What is said

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that can do nothing now are not offered."""
        del parameters
        return {"test": self.state not in BUSY, "cancel": self.state == "running"}.get(action, True)

    def _turn(self, state: str) -> None:
        self.state = state
        button = self.query_one("#test-button", Button)
        button.label = Content(_BUTTONS.get(state, "Test again"))
        button.refresh(layout=True)
        self.refresh_bindings()

    def _say(self, text: str) -> None:
        self.query_one("#test-now", Static).update(Content(text))

    def _conclude(self, text: Content) -> None:
        verdict = self.query_one("#test-verdict", Static)
        verdict.update(text)
        verdict.display = bool(text)


_NOT_PASSED = Content.assemble(
    ("✗ The token test did not pass.", "bold $text-error"),
    " The open hop says why, and what to do. Then press t to test again.",
)


def _question(need: NeedsTrust) -> Content:
    ends = need.statement.get("Condition", {}).get("DateLessThan", {}).get("aws:CurrentTime", "")
    return Content.assemble(
        f"AWS does not let you assume the role {need.role}, which the test does to stand where the workload stands.\n\n"
        "For the length of the test one statement can be added to the role's trust policy. It names you alone, is "
        f"removed at the end, and would stop working by itself at {ends}.\n\n",
        (json.dumps(need.statement), "$text-muted"),
    )
