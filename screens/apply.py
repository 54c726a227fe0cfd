"""The Apply page: shows the progress of each change, and the errors of those that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button, Static

from screens.bridge import Applied, Bridge, EventHappened, Failed
from screens.error_text import explain
from screens.page import Page
from screens.session import Session
from screens.widgets.dialogs import YesNoDialog
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.event_rows import COUNTED, EventRows
from wizard.language import _, translated

if TYPE_CHECKING:
    from wizard.engine.apply import Failure, Result
    from wizard.work.planning import Review


class ApplyPage(Page):
    """Applies the plan when the user enters it from a confirmed review, and only then."""

    page_id: ClassVar[str] = "apply"
    title: ClassVar[str] = "Apply the changes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "again", "Replan", id="apply.again", tooltip="Go back to the review, and plan again"),
        Binding("x", "stop", "Stop", id="apply.stop", tooltip="Stop after the running changes"),
    ]

    _started: Review | None = None
    _result: Result | None = None
    _keys_for: bool | None = None
    """Whether the footer shows the keys for a running apply; None before the first refresh."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(session, bridge)
        self._shown: dict[str, Content] = {}
        """The texts that are shown, by selector."""

    def compose_body(self) -> ComposeResult:
        """Yield the progress, the result, the button to plan again, the error, and a row for each change."""
        yield Static("", id="apply-summary", markup=False)
        yield Static("", id="apply-end", markup=False)
        yield Button(_("Plan again"), id="apply-again", compact=True, classes="offer")
        yield ErrorPanel(id="apply-error")
        yield EventRows(id="apply-rows")

    def entered(self) -> None:
        """Apply the confirmed changes, once."""
        reviewed = self.session.reviewed
        confirmed = "review" in self.session.done
        if confirmed and reviewed is not None and reviewed is not self._started and not self.session.applying:
            self._start(reviewed)
        self._show()

    def _start(self, reviewed: Review) -> None:
        self._started, self._result = reviewed, None
        self.query_one(ErrorPanel).clear()
        self.query_one(EventRows).show(reviewed.plan.pending)
        if not reviewed.plan.empty:
            self.bridge.apply(self, reviewed)

    @on(EventHappened)
    def _on_event(self, event: EventHappened) -> None:
        self.query_one(EventRows).hear(event.event)
        self._show()

    @on(Applied)
    def _on_applied(self, event: Applied) -> None:
        self._result = event.result
        for failure in event.result.failures:
            self._show_failure(failure)
        if event.result.failures and self.display:
            first = self.query_one(EventRows).row(event.result.failures[0].change)
            self.call_after_refresh(self.bring_into_view, first)
        if event.result.ok:
            self.session.done.add(self.page_id)
            self.post_message(self.Changed())
        self._show()

    @on(Failed)
    def _on_failed(self, event: Failed) -> None:
        self.query_one(ErrorPanel).show(_("The wizard could not apply the changes"), explain(event.error))
        self._show()

    def _show_failure(self, failure: Failure) -> None:
        self.query_one(EventRows).fail(failure.change, explain(failure.error))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer Stop while changes run, and Replan when they have ended."""
        del parameters
        if action == "stop":
            return self.session.applying
        if action == "again":
            return not self.session.applying
        return True

    def action_again(self) -> None:
        """Go to the review, which plans again."""
        self.post_message(self.Open("review"))

    @on(Button.Pressed, "#apply-again")
    def _on_again(self) -> None:
        self.action_again()

    def action_stop(self) -> None:
        """Ask whether to stop after the running changes. Long operations then continue in the cloud."""
        stopping = self.session.mode.stopping
        label = translated(stopping.label)
        dialog = YesNoDialog(f"{label}?", translated(stopping.meaning), label, _("Continue"), dangerous=True)
        self.app.push_screen(dialog, self._on_stop_answered)

    def _on_stop_answered(self, yes: bool | None) -> None:
        if yes and self.session.applying:
            self.session.stop.set()
            self._show()

    def problems(self) -> list[str]:
        """Return why the Result page is not available yet."""
        if self.session.applying:
            return [_("The changes are still running: wait, or press x to stop.")]
        if self._started is None:
            return [_("Review the changes first.")]
        if self._done:
            return []
        return [_("Some changes are not done. To plan again, press p.")]

    def next_page(self) -> str | None:
        """Return the page of the live test after a fix of the doctor, because the application has its files already."""
        return self.session.mode.pages[-1] if self.session.fixing else None

    def _show(self) -> None:
        for place, text in (("#apply-summary", self._summary()), ("#apply-end", self._end())):
            if not text.is_same(self._shown.get(place, Content(""))):  # a layout for each event would be slow
                self._shown[place] = text
                self.query_one(place, Static).update(text)
        self.query_one("#apply-end").display = bool(self._end())
        again = self._started is None or not (self.session.applying or self._done)
        self.query_one("#apply-again").display = again
        if self._keys_for is not self.session.applying:
            self._keys_for = self.session.applying
            self.refresh_bindings()

    @property
    def _done(self) -> bool:
        if self._started is None:
            return False
        return self._started.plan.empty or (self._result is not None and self._result.ok)

    def _summary(self) -> Content:
        if self._started is None:
            return Content(_("There is nothing to apply yet. Review and confirm the changes first."))
        if self._started.plan.empty:
            return Content.styled(
                _("✓ All resources are already in place. The wizard changed nothing."), "$text-success"
            )
        counts = self.query_one(EventRows).counts()
        total = len(self._started.plan.pending)
        others = [
            translated(template).format(count=counts[state]) for state, template in COUNTED.items() if counts[state]
        ]
        done = _("{done} of {total} changes are done").format(done=counts["done"], total=total)
        summary = ", ".join([done, *others])
        if self.session.stop.is_set() and self.session.applying:
            return Content(_("{summary}\nThe wizard stops when the running changes are done.").format(summary=summary))
        return Content(summary)

    def _end(self) -> Content:
        result = self._result
        if result is None:
            return Content("")
        reviewed = self.session.reviewed
        left = len(reviewed.left) + len(reviewed.waiting) if reviewed else 0
        if result.ok and left:
            text = _(
                "The wizard's changes are in place. Changes that the wizard did not make, because other tools manage "
                "the resources: {count}. Journal: run {run}."
            ).format(count=left, run=result.run)
            return Content.styled(text, "$text-warning")
        if result.ok:
            return Content.styled(
                _("✓ Everything is in place. Journal: run {run}.").format(run=result.run), "$text-success"
            )
        if result.interrupted and self.query_one(EventRows).left():
            return Content(
                _(
                    "The run has stopped. Long operations continue in Google Cloud without the wizard. To complete "
                    "the changes, plan again."
                )
            )
        if result.interrupted:
            return Content(
                _(
                    "The run has stopped. The changes that were running are finished, and the others did not start. "
                    "To complete the changes, plan again."
                )
            )
        return Content.styled(
            _("✗ Some changes failed. No existing resource was lost. Fix the cause, then plan again."),
            "$text-error",
        )


PAGE = ApplyPage
