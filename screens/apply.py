"""Apply: the changes, live; what a cloud refuses stays on the page, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button, Static

from screens.bridge import Applied, Bridge, EventHappened, Failed
from screens.error_text import told
from screens.page import Page
from screens.session import Session
from screens.widgets.dialogs import YesNoDialog
from screens.widgets.error_panel import Trouble
from screens.widgets.event_rows import EventRows

if TYPE_CHECKING:
    from wizard.engine.apply import Failure, Result
    from wizard.work.planning import Review


class ApplyPage(Page):
    """Starts when it is entered from a review that was agreed to, and never by itself."""

    page_id: ClassVar[str] = "apply"
    title: ClassVar[str] = "Making the changes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "again", "Replan", id="apply.again", tooltip="Back to the review, which reads everything again"),
        Binding("x", "stop", "Stop", id="apply.stop", tooltip="Begin no other change"),
    ]

    _begun: Review | None = None
    _result: Result | None = None
    _keys_for: bool | None = None
    """Whether the keys in view are those for while changes are made."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """As every page."""
        super().__init__(session, bridge)
        self._said: dict[str, Content] = {}
        """What is shown of how far it is, and of how it ended."""

    def compose_body(self) -> ComposeResult:
        """How far it is, how it ended, what comes next, trouble, and a row for each change."""
        yield Static("", id="apply-summary", markup=False)
        yield Static("", id="apply-end", markup=False)
        yield Button("Plan again", id="apply-again", compact=True, classes="offer")
        yield Trouble(id="apply-trouble")
        yield EventRows(id="apply-rows")

    def entered(self) -> None:
        """Make the changes that were agreed to, once."""
        reviewed = self.session.reviewed
        agreed = "review" in self.session.done
        if agreed and reviewed is not None and reviewed is not self._begun and not self.session.applying:
            self._begin(reviewed)
        self._show()

    def _begin(self, reviewed: Review) -> None:
        self._begun, self._result = reviewed, None
        self.query_one(Trouble).clear()
        self.query_one(EventRows).show(reviewed.plan.pending)
        if not reviewed.plan.empty:
            self.bridge.apply(self, reviewed)

    @on(EventHappened)
    def _event(self, event: EventHappened) -> None:
        self.query_one(EventRows).hear(event.event)
        self._show()

    @on(Applied)
    def _applied(self, event: Applied) -> None:
        self._result = event.result
        for failure in event.result.failures:
            self._open(failure)
        if event.result.failures and self.display:
            first = self.query_one(EventRows).row(event.result.failures[0].change)
            self.call_after_refresh(self.bring_into_view, first)
        if event.result.ok:
            self.session.done.add(self.page_id)
            self.post_message(self.Changed())
        self._show()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        self.query_one(Trouble).show("The changes could not be made", told(event.error))
        self._show()

    def _open(self, failure: Failure) -> None:
        parts = told(failure.error)
        self.query_one(EventRows).fail(failure.change, parts)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stopping is for what runs, planning again for what has ended."""
        del parameters
        if action == "stop":
            return self.session.applying
        if action == "again":
            return not self.session.applying
        return True

    def action_again(self) -> None:
        """To the review, which reads everything again."""
        self.post_message(self.Open("review"))

    @on(Button.Pressed, "#apply-again")
    def _again(self) -> None:
        self.action_again()

    def action_stop(self) -> None:
        """Ask, then let what runs finish, long operations continue by themselves, and begin nothing else."""
        stopping = self.session.mode.stopping
        dialog = YesNoDialog(f"{stopping.label}?", stopping.meaning, stopping.label, "Keep going", dangerous=True)
        self.app.push_screen(dialog, self._answered)

    def _answered(self, yes: bool | None) -> None:
        if yes and self.session.applying:
            self.session.stop.set()
            self._show()

    def problems(self) -> list[str]:
        """Everything must be in place before the result is of use."""
        if self.session.applying:
            return ["Changes are being made: wait, or press x to stop after those that are running."]
        if self._begun is None:
            return ["Review the changes first."]
        if self._begun.plan.empty or (self._result is not None and self._result.ok):
            return []
        return ["Not all is in place: press p to plan again."]

    def _show(self) -> None:
        for place, text in (("#apply-summary", self._summary()), ("#apply-end", self._end())):
            if not text.is_same(self._said.get(place, Content(""))):  # each event asks, and a layout takes its time
                self._said[place] = text
                self.query_one(place, Static).update(text)
        self.query_one("#apply-end").display = bool(self._end())
        again = self._begun is None or not (self.session.applying or self._done)
        self.query_one("#apply-again").display = again
        if self._keys_for is not self.session.applying:
            self._keys_for = self.session.applying
            self.refresh_bindings()

    @property
    def _done(self) -> bool:
        return self._begun is not None and (self._begun.plan.empty or (self._result is not None and self._result.ok))

    def _summary(self) -> Content:
        if self._begun is None:
            return Content("Nothing was agreed to yet: the review shows what would be changed.")
        if self._begun.plan.empty:
            return Content.styled("✓ Everything is in place already. Nothing was changed.", "$text-success")
        counts = self.query_one(EventRows).counts()
        total = len(self._begun.plan.pending)
        others = [f"{count} {word}" for word, count in counts.items() if count and word != "done"]
        stopping = "   Stopping after these." if self.session.stop.is_set() and self.session.applying else ""
        return Content(", ".join([f"{counts['done']} of {total} done", *others]) + stopping)

    def _end(self) -> Content:
        result = self._result
        if result is None:
            return Content("")
        if result.ok:
            return Content.styled(f"✓ All is in place. Journal: run {result.run}.", "$text-success")
        if result.interrupted and self.query_one(EventRows).left():
            return Content(
                "Stopped: what takes long goes on in Google Cloud by itself. Plan again, now or later, to find it "
                "and to go on."
            )
        if result.interrupted:
            return Content("Stopped: what was begun is finished, the rest was not begun. Plan again to go on.")
        return Content.styled(
            "✗ Not all is in place; nothing that was there before was lost. Mend the cause, then plan again.",
            "$text-error",
        )


PAGE = ApplyPage
