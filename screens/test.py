"""The Test page: runs the live test, and shows the outcome of each step, with the fix for a failed one."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
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
from screens.error_text import explain
from screens.page import Page
from screens.session import Session
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.dialogs import YesNoDialog
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.hop_details import HopDetails
from screens.widgets.workload_test import WorkloadTest
from wizard.language import _

if TYPE_CHECKING:
    from wizard.chain.hop import Verdict
    from wizard.modes.opened import Consent, Opened, Outcomes
    from wizard.setup.sections import Setup

BUSY = frozenset({"running", "asking", "stopping"})
_BUTTONS = {"running": "Cancel", "asking": "Cancel", "stopping": "Cancelling", "ready": "Test"}

SHOWN = 20
"""Largest number of workloads whose chains are drawn from the start."""

_MORE = "The test includes {count} more workloads. This page shows only the workloads whose tests do not pass."
_NO_SETUP = "The answers do not form a valid setup yet: go back and complete the answers."
_PASSED = "✓ The live test passed."
_NOT_PROVEN = "? The live test passed, but could not prove everything."
_FAILED = (
    "[bold $text-error]✗ The live test failed.[/] The expanded step shows the cause and the fix. Fix the cause, then "
    "press t to test again."
)


class TestPage(Page):
    """Tests all workloads in the likely place. A mode has its own texts, and can offer other places."""

    page_id: ClassVar[str] = "test"
    title: ClassVar[str] = "Run the live test"
    next_label: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "test", "Test", id="test.start", tooltip="Run the live test"),
        Binding("f8", "test", "Test", id="test.forward", tooltip="Run the live test", show=False),
        Binding(
            "x",
            "cancel",
            "Cancel",
            id="test.cancel",
            tooltip="Cancel the test, and remove everything that the test added",
        ),
    ]

    state: str = "ready"
    """ready, running, asking (for consent), stopping, passed, failed (a hop failed), broken (it could not start)."""

    place: str = ""
    """The place of the current or last test; empty for the likely place."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(session, bridge)
        self._stop = threading.Event()
        self._tested: Opened | None = None
        self._drawn: dict[str, dict[str, str]] = {}

    def compose_body(self) -> ComposeResult:
        """Yield the introduction, the buttons, the error, the verdict, and the test of each workload."""
        yield Static("", id="test-about", markup=False)
        with Horizontal(id="test-start"):
            yield from self.buttons()
            yield Static("", id="test-now", markup=False)
        yield ErrorPanel(id="test-error")
        yield Static("", id="test-verdict", markup=False)
        yield Vertical(id="test-workloads")

    def buttons(self) -> Iterable[Button]:
        """Yield the buttons that start or cancel a test."""
        yield Button(_("Test"), id="test-button", compact=True)

    def on_unmount(self) -> None:
        """Stop a running test when the app ends. The test removes what it added."""
        self._stop.set()

    def entered(self) -> None:
        """Draw the chains of the current setup. Removes the outcomes of another setup."""
        if self.state in BUSY:
            return
        self.draw()
        if self._tested is None or self._tested is not self.session.opened:
            self.reset()
            self.set_state("ready")
        self.query_one("#test-about", Static).update(self._about())

    def _about(self) -> Content:
        setup = self.session.setup
        return Content(_(_NO_SETUP)) if setup is None else self.about(setup)

    # What a mode can override

    def about(self, setup: Setup) -> Content:
        """Return where the test runs, and with which identity."""
        del setup
        return Content(_("The live test tests each step of the credential chain."))

    def passed_text(self) -> Content:
        """Return the verdict of a test that passed and proved everything, and what to do next."""
        return Content.styled(_(_PASSED), "bold $text-success")

    def not_proven_text(self, verdict: Verdict) -> Content:
        """Return the verdict of a test that passed, but did not prove everything, with what was not proven."""
        return not_proven_lines(verdict)

    def starting_text(self, consent: bool) -> str:
        """Return what the test does before the first step has an outcome."""
        del consent
        return _("Reading the setup before the test")

    def draw(self) -> None:
        """Draw the chain of each workload."""
        setup = self.session.setup
        chains = self.session.mode.chains(setup) if setup else {}
        if chains == self._drawn:
            return
        self._drawn = chains
        container = self.query_one("#test-workloads")
        container.remove_children()
        shown = list(chains.items())[:SHOWN]
        container.mount_all([WorkloadTest(workload, titles) for workload, titles in shown])
        rest = len(chains) - len(shown)
        if rest:
            container.mount(Static(_(_MORE).format(count=rest), classes="field-note", markup=False))

    def is_drawn(self, workload: str) -> bool:
        """Return whether the page shows the chain of a workload."""
        return any(test.workload == workload for test in self.query(WorkloadTest))

    async def _draw_late(self, workload: str) -> None:
        """Show the chain of a workload that is not among the first ones."""
        await self.query_one("#test-workloads").mount(WorkloadTest(workload, self._drawn[workload]))

    def chain(self, workload: str) -> tuple[ChainPicture, HopDetails]:
        """Return the widgets that show the chain of a workload."""
        tests = [test for test in self.query(WorkloadTest) if test.workload == workload]
        current = tests[-1]  # the earlier ones are being removed
        return current.picture, current.hops

    def reset(self) -> None:
        """Remove all outcomes, the error and the verdict."""
        for test in self.query(WorkloadTest):
            if test.is_mounted:
                test.reset()
        self.query_one(ErrorPanel).clear()
        self.show_status("")
        self._show_verdict(Content(""))

    # The test

    @on(Button.Pressed, "#test-button")
    def _on_pressed(self) -> None:
        if self.state in BUSY:
            self.action_cancel()
        else:
            self.action_test()

    def action_test(self) -> None:
        """Run the live test in the likely place."""
        self.start_in("")

    def start_in(self, place: str) -> None:
        """Run the live test in a place, unless a test is running."""
        if self.state not in BUSY:
            self.place = place
            self._start(consent=False)

    def _start(self, consent: bool) -> None:
        self.reset()
        for picture in self.query(ChainPicture):
            picture.start()
        self._stop = threading.Event()
        self.set_state("running")
        self.show_status(self.starting_text(consent))
        self.bridge.test(self, self.place, consent, self._stop)

    def action_cancel(self) -> None:
        """Cancel the test. It removes what it added to a cloud before it ends."""
        if self.state == "running":
            self._stop.set()
            self.set_state("stopping")
            self.show_status(_("The wizard is cancelling the test, and removing everything that the test added"))

    @on(OutcomeHappened)
    async def _on_outcome(self, event: OutcomeHappened) -> None:
        if self.state == "running":
            self.show_status("")
            if not self.is_drawn(event.workload):
                if event.outcome.status in ("ok", "skipped"):
                    return
                await self._draw_late(event.workload)
            picture, hops = self.chain(event.workload)
            picture.show(event.outcome)
            await hops.add(event.outcome)

    @on(ProgressHappened)
    def _on_progress(self, event: ProgressHappened) -> None:
        if self.state == "running":
            if self.is_drawn(event.workload):
                self.chain(event.workload)[0].settle(event.progress)
            self.show_status(event.progress.text)

    @on(ConsentNeeded)
    def _on_consent_needed(self, event: ConsentNeeded) -> None:
        consent = event.consent
        if consent.subject in self.session.confirmed:  # once is enough
            self._start(consent=True)
            return
        self.set_state("asking")

        def on_answer(yes: bool | None) -> None:
            self._on_consent_answered(yes, consent)

        text = Content(consent.meaning)
        if consent.detail:
            text = Content.assemble(text, (f"\n\n{consent.detail}", "$text-muted"))
        dialog = YesNoDialog(consent.question, text, consent.agree, _("Cancel"), dangerous=True)
        self.app.push_screen(dialog, on_answer)

    def _on_consent_answered(self, yes: bool | None, consent: Consent) -> None:
        if yes:
            self.session.confirmed.add(consent.subject)
            self._start(consent=True)
            return
        self._stop_pictures()
        self.set_state("ready")
        self.show_status(consent.declined)

    @on(TestStopped)
    def _on_stopped(self) -> None:
        self._stop_pictures()
        self.set_state("ready")
        self.show_status(_("You cancelled the test. The test has removed everything that it added."))

    @on(Tested)
    def _on_tested(self, event: Tested) -> None:
        from wizard.work.testing import verdict_of

        if self.state == "stopping":
            self._on_stopped()
            return
        self._tested = self.session.opened
        verdict = self.session.verdict = verdict_of(event.outcomes)
        self._stop_pictures()
        self.set_state("passed" if verdict.passed else "failed")
        self.show_status("")
        if verdict.passed:
            self.session.done.add(self.page_id)
            text = self.passed_text() if verdict.is_proven else self.not_proven_text(verdict)
            self._show_verdict(Content("\n").join([text, *note_lines(verdict)]))
        else:
            self.session.done.discard(self.page_id)
            self._show_verdict(Content.from_markup(_(_FAILED)))
            self._show_first_failure(event.outcomes)
        self.post_message(self.Changed())

    def _stop_pictures(self) -> None:
        """Show no hop as running."""
        for picture in self.query(ChainPicture):
            picture.stop()

    def _show_first_failure(self, outcomes: Outcomes) -> None:
        """Focus the first hop that a cloud refused, or else the first that failed."""
        failed = [(workload, hop) for workload, hops in outcomes.items() for hop in hops if hop.status == "failed"]
        refused = [(workload, hop) for workload, hop in failed if hop.refusal is not None]
        if not failed:
            return
        workload, outcome = (refused or failed)[0]
        line = self.chain(workload)[1].line(outcome.hop.id)
        if line is not None and self.display:
            self.call_after_refresh(self.bring_into_view, line)

    @on(Failed)
    def _on_failed(self, event: Failed) -> None:
        self._stop_pictures()
        self.set_state("broken")
        self.show_status("")
        from wizard.engine.resource import Refused

        explained = explain(event.error)
        if isinstance(event.error, Refused) and not explained.fix:
            explained = replace(explained, fix=self.other_way())
        panel = self.query_one(ErrorPanel)
        panel.show(_("The live test could not run"), explained)
        self.call_after_refresh(panel.scroll_visible, animate=False)

    def other_way(self) -> str:
        """Return where else the user can test after a test that could not run; empty if nowhere."""
        return ""

    # Buttons and texts

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the keys that do something in the current state."""
        del parameters
        return {"test": self.state not in BUSY, "cancel": self.state == "running"}.get(action, True)

    def set_state(self, state: str) -> None:
        """Change the state, and the label of the button."""
        self.state = state
        button = self.query_one("#test-button", Button)
        button.label = Content(_(_BUTTONS[state]) if state in _BUTTONS else _("Test again"))
        button.refresh(layout=True)
        self.refresh_bindings()

    def show_status(self, text: str) -> None:
        """Show what the test is doing beside the button."""
        self.query_one("#test-now", Static).update(Content(text))

    def _show_verdict(self, text: Content) -> None:
        verdict = self.query_one("#test-verdict", Static)
        verdict.update(text)
        verdict.display = bool(text)


def not_proven_lines(verdict: Verdict) -> Content:
    """Return the amber lines that name what a test did not prove."""
    head = Content.styled(_(_NOT_PROVEN), "bold $text-warning")
    return Content("\n").join([head, *(Content.styled(f"? {name}", "$text-warning") for name in verdict.not_proven)])


def note_lines(verdict: Verdict) -> list[Content]:
    """Return an amber line for each note on the roles."""
    return [Content.styled(f"! {note}", "$text-warning") for note in verdict.notes]


PAGE = TestPage
