"""Test: every step of the credential, live, and what is wrong with the one that fails."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from screens.bridge import (
    Bridge,
    ConsentNeeded,
    Failed,
    OutcomeHappened,
    ProgressHappened,
    Tested,
    TestStopped,
)
from screens.error_text import told
from screens.page import Page
from screens.session import Session
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.dialogs import YesNoDialog
from screens.widgets.error_panel import Trouble
from screens.widgets.hop_details import HopDetails
from screens.widgets.workload_test import Walk

if TYPE_CHECKING:
    from wizard.modes.opened import Consent, Opened, Outcomes
    from wizard.setup.sections import Setup

BUSY = frozenset({"running", "asking", "stopping"})
_BUTTONS = {"running": "Cancel", "asking": "Cancel", "stopping": "Cancelling", "ready": "Test"}

_NO_SETUP = "The answers do not make a setup yet: go back and complete them."
_PASSED = Content.styled("✓ The token test passed.", "bold $text-success")
_NOT_PASSED = Content.assemble(
    ("✗ The token test did not pass.", "bold $text-error"),
    " The open step says why, and what to do. Then press t to test again.",
)


class TestPage(Page):
    """One button, which chooses the place of the test itself. A mode has its own texts, and may have more places."""

    page_id: ClassVar[str] = "test"
    title: ClassVar[str] = "Does the token work?"
    next_label: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "test", "Test", id="test.start", tooltip="Run the live test, from its first step"),
        Binding("x", "cancel", "Cancel", id="test.cancel", tooltip="End the test now, and tidy up"),
    ]

    state: str = "ready"
    """ready, running, asking (for consent), stopping, passed, failed (at a hop), broken (it could not begin)."""

    place: str = ""
    """Where the last test ran, or runs, from; empty for the likely place."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """Nothing was tested yet."""
        super().__init__(session, bridge)
        self._stop = threading.Event()
        self._tested: Opened | None = None
        self._drawn: dict[str, dict[str, str]] = {}

    def compose_body(self) -> ComposeResult:
        """Where from, the buttons, the verdict, and the walk of each workload."""
        yield Static("", id="test-about", markup=False)
        with Horizontal(id="test-start"):
            yield from self.buttons()
            yield Static("", id="test-now", markup=False)
        yield Trouble(id="test-trouble")
        yield Static("", id="test-verdict", markup=False)
        yield Vertical(id="test-walks")

    def buttons(self) -> Iterable[Button]:
        """The buttons that start or cancel a test."""
        yield Button("Test", id="test-button", compact=True)

    def on_unmount(self) -> None:
        """The app is left: a test that is under way ends, and tidies up."""
        self._stop.set()

    def entered(self) -> None:
        """Draw the chains of this setup; what was tested of another is forgotten."""
        if self.state in BUSY:
            return
        self.draw()
        if self._tested is None or self._tested is not self.session.opened:
            self.forget()
            self.turn("ready")
        self.query_one("#test-about", Static).update(self._about())

    def _about(self) -> Content:
        setup = self.session.setup
        return Content(_NO_SETUP) if setup is None else self.about(setup)

    # What a mode may say and draw otherwise

    def about(self, setup: Setup) -> Content:
        """Where the test runs from, and as whom."""
        del setup
        return Content("The live test checks every step of the credential.")

    def passed_text(self) -> Content:
        """The verdict on a test that has passed, and what to do next."""
        return _PASSED

    def starting_text(self, consent: bool) -> str:
        """What is waited for until the first step has an outcome."""
        del consent
        return "reading the setup before the test"

    def draw(self) -> None:
        """A walk for each workload."""
        setup = self.session.setup
        chains = self.session.mode.chains(setup) if setup else {}
        if chains == self._drawn:
            return
        self._drawn = chains
        walks = self.query_one("#test-walks")
        walks.remove_children()
        walks.mount_all([Walk(workload, titles) for workload, titles in chains.items()])

    def chain(self, workload: str) -> tuple[ChainPicture, HopDetails]:
        """Where the chain of a workload is shown."""
        walk = [each for each in self.query(Walk) if each.workload == workload][-1]  # those before are being removed
        return walk.picture, walk.hops

    def forget(self) -> None:
        """Show that nothing was tested yet."""
        for walk in self.query(Walk):
            if walk.is_mounted:
                walk.reset()
        self.query_one(Trouble).clear()
        self.say("")
        self._conclude(Content(""))

    # The test

    @on(Button.Pressed, "#test-button")
    def _pressed(self) -> None:
        if self.state in BUSY:
            self.action_cancel()
        else:
            self.action_test()

    def action_test(self) -> None:
        """Run the live test, in the likely place."""
        self.start_in("")

    def start_in(self, place: str) -> None:
        """Run the live test in a place, unless one is running."""
        if self.state not in BUSY:
            self.place = place
            self._start(consent=False)

    def _start(self, consent: bool) -> None:
        self.forget()
        for picture in self.query(ChainPicture):
            picture.start()
        self._stop = threading.Event()
        self.turn("running")
        self.say(self.starting_text(consent))
        self.bridge.test(self, self.place, consent, self._stop)

    def action_cancel(self) -> None:
        """End the test; what it added to a cloud is removed first."""
        if self.state == "running":
            self._stop.set()
            self.turn("stopping")
            self.say("ending, and tidying up")

    @on(OutcomeHappened)
    async def _outcome(self, event: OutcomeHappened) -> None:
        if self.state == "running":
            self.say("")
            picture, hops = self.chain(event.workload)
            picture.show(event.outcome)
            await hops.add(event.outcome)

    @on(ProgressHappened)
    def _progress(self, event: ProgressHappened) -> None:
        if self.state == "running":
            self.chain(event.workload)[0].settle(event.progress)
            self.say(event.progress.text)

    @on(ConsentNeeded)
    def _consent_needed(self, event: ConsentNeeded) -> None:
        consent = event.consent
        self.turn("asking")

        def answered(yes: bool | None) -> None:
            self._consented(yes, consent)

        text = Content.assemble(
            consent.meaning, *([("\n\n" + consent.detail, "$text-muted")] if consent.detail else [])
        )
        dialog = YesNoDialog(consent.question, text, consent.agree, "No", dangerous=True)
        self.app.push_screen(dialog, answered)

    def _consented(self, yes: bool | None, consent: Consent) -> None:
        if yes:
            self._start(consent=True)
            return
        self._halt()
        self.turn("ready")
        self.say(consent.declined)

    @on(TestStopped)
    def _stopped(self) -> None:
        self._halt()
        self.turn("ready")
        self.say("Cancelled. What the test had added is removed.")

    @on(Tested)
    def _ended(self, event: Tested) -> None:
        from wizard.work.testing import all_passed

        if self.state == "stopping":
            self._stopped()
            return
        self._tested = self.session.opened
        self.session.outcomes = [each for hops in event.outcomes.values() for each in hops]
        self._halt()
        self.turn("passed" if all_passed(event.outcomes) else "failed")
        self.say("")
        if self.state == "passed":
            self.session.done.add(self.page_id)
            self._conclude(self.passed_text())
        else:
            self.session.done.discard(self.page_id)
            self._conclude(_NOT_PASSED)
            self._open_first(event.outcomes)
        self.post_message(self.Changed())

    def _halt(self) -> None:
        """Nothing is under way any more."""
        for picture in self.query(ChainPicture):
            picture.stop()

    def _open_first(self, outcomes: Outcomes) -> None:
        """Bring the hop that a cloud refused into view, of the first workload in which there is one."""
        failed = [(name, each) for name, hops in outcomes.items() for each in hops if each.status == "failed"]
        by_a_cloud = [found for found in failed if found[1].refusal is not None]
        if not failed:
            return
        workload, outcome = (by_a_cloud or failed)[0]
        line = self.chain(workload)[1].line(outcome.hop.id)
        if line is not None and self.display:
            self.call_after_refresh(self.bring_into_view, line)

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        self._halt()
        self.turn("broken")
        self.say("")
        self.query_one(Trouble).show("The test could not be carried out", told(event.error))

    # What is said

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that can do nothing now are not offered."""
        del parameters
        return {"test": self.state not in BUSY, "cancel": self.state == "running"}.get(action, True)

    def turn(self, state: str) -> None:
        """Go to another state."""
        self.state = state
        button = self.query_one("#test-button", Button)
        button.label = Content(_BUTTONS.get(state, "Test again"))
        button.refresh(layout=True)
        self.refresh_bindings()

    def say(self, text: str) -> None:
        """Show what the test is doing, beside the button."""
        self.query_one("#test-now", Static).update(Content(text))

    def _conclude(self, text: Content) -> None:
        verdict = self.query_one("#test-verdict", Static)
        verdict.update(text)
        verdict.display = bool(text)


PAGE = TestPage
