"""The Runs page: lists the runs in the journal, resumes one that did not end, and reverts one after a review."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from screens.bridge import Applied, Bridge, EventHappened, Failed, ResumeReady, RevertPlanned, RunsRead
from screens.error_text import explain
from screens.page import Page
from screens.session import Session
from screens.widgets.action_bar import ActionBar
from screens.widgets.choices import Choices
from screens.widgets.dialogs import YesNoDialog
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.event_rows import EventRows
from screens.widgets.plan_table import PlanTable
from wizard.language import _
from wizard.outside.text import one_line
from wizard.phrases import named
from wizard.setup.question import Choice

if TYPE_CHECKING:
    from wizard.engine.apply import Result
    from wizard.work.reverting import Revert
    from wizard.work.runs import RecordedRun

State = Literal["reading", "listed", "planning", "planned", "reverting", "ended"]

MOST = 12
"""Largest number of runs that the page lists."""

_READING = "… Reading the journal."
_NONE = "The journal has no runs yet."
_MORE = "This page does not show {count} earlier runs. To list all runs: wif-wizard runs"
_PLANNING = "… Reading the resources of the run. The wizard changes nothing."
_NOTHING = "There is nothing to revert."
_PLANNED = "Review what the revert changes. To revert the run, press F8. To go back to the list, press Esc."
_INCOMPLETE = "The revert is not complete. Fix the cause below, then resume the run."
_DONE = "✓ The revert is complete. Journal: run {run}."
_FAILED = "✗ Some changes failed. Fix the cause, then revert the run again."
_STOPPED = "The revert stopped. To continue, revert the run again."
_LEFT = "The revert does not change these resources"
_LOSES = "This revert removes access from other identities. Revert anyway?"
_BUSY = "The wizard is still working on the run."
_RESUME, _PLAN, _REVERT, _LIST = "Resume the run", "Plan the revert", "Revert the run", "Go back to the list"


class RunsPage(Page):
    """Chooses a run. A revert is planned, reviewed and applied on this page; a run is resumed on Review and Apply."""

    page_id: ClassVar[str] = "runs"
    title: ClassVar[str] = "Resume or revert a run"
    next_label: ClassVar[str] = _PLAN
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "plan_revert", "Plan the revert", id="runs.revert", tooltip="Plan the revert of the chosen run"),
        Binding("ctrl+r", "read_again", "Read again", id="runs.again", tooltip="Read the journal again"),
    ]

    state: reactive[State] = reactive[State]("reading")

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(session, bridge)
        self._runs: dict[str, RecordedRun] = {}
        self._revert: Revert | None = None
        self._end = Content("")

    def compose_body(self) -> ComposeResult:
        """Yield what the page does now, the runs, the plan of the revert and what it leaves, and the progress."""
        yield Static("", id="runs-now", markup=False)
        yield ErrorPanel(id="runs-error")
        yield Choices(())
        yield Static("", id="runs-detail", markup=False)
        yield PlanTable(id="runs-plan")
        yield Static("", id="runs-left", markup=False)
        yield EventRows(id="runs-rows")

    def entered(self) -> None:
        """Read the journal, unless a revert is under way."""
        if self.state in ("reading", "listed", "ended"):
            self.action_read_again()
        else:
            self._show()

    def action_read_again(self) -> None:
        """Read the journal again."""
        self._revert, self._end = None, Content("")
        self._set("reading")
        self.bridge.read_runs(self)

    @on(RunsRead)
    def _on_runs(self, event: RunsRead) -> None:
        self._runs = {run.run.id: run for run in event.runs}
        choices = self.query_one(Choices)
        choices.choices = tuple(_choice(run) for run in event.runs[:MOST])
        if choices.value not in self._runs:
            choices.value = event.runs[0].run.id if event.runs else ""
        choices.refresh(layout=True)
        self._set("listed")
        self.focus_first()

    @on(Choices.Chosen)
    def _on_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        self._show()

    @on(Choices.Done)
    def _on_done(self, event: Choices.Done) -> None:
        event.stop()
        self.takes_forward()

    @property
    def _chosen(self) -> RecordedRun | None:
        return self._runs.get(self.query_one(Choices).value)

    # Forward

    def takes_forward(self) -> bool:
        """Resume the chosen run or plan its revert, apply the planned revert, or go back to the list."""
        if self.state in ("reading", "planning", "reverting"):
            self.notify(_(_BUSY), markup=False)
        elif self.state == "planned" and self._revert is not None and not self._revert.review.plan.empty:
            self._confirm(self._revert)
        elif self.state in ("planned", "ended"):
            self.action_read_again()
        elif self._chosen is not None and self._chosen.is_unfinished:
            self.bridge.resume(self, self._chosen.run.id)
        else:
            self.action_plan_revert()
        return True

    @on(ResumeReady)
    def _on_resume(self, event: ResumeReady) -> None:
        """Open the setup of the run in the wizard: Review plans what is left of it."""
        self.session.take(event.mode, event.answers)
        self.session.source = event.file
        self.session.resume(event.run)
        self.post_message(self.Open("review"))

    def action_plan_revert(self) -> None:
        """Plan the revert of the chosen run."""
        if self._chosen is not None and self.state == "listed":
            self._set("planning")
            self.bridge.plan_revert(self, self._chosen.run.id)

    @on(RevertPlanned)
    def _on_planned(self, event: RevertPlanned) -> None:
        self._revert = event.revert
        self.query_one(PlanTable).show(event.revert.review)
        self._set("planned")
        self.focus_first()

    def _confirm(self, revert: Revert) -> None:
        losses = revert.review.losses
        if not losses:
            self._start(revert)
            return
        meaning = "\n".join(one_line(loss.text) for loss in losses)
        dialog = YesNoDialog(
            _(_LOSES),
            meaning,
            _(_REVERT),
            _("Change nothing"),
            dangerous=True,
        )
        self.app.push_screen(dialog, lambda yes: self._start(revert) if yes else None)

    def _start(self, revert: Revert) -> None:
        self.query_one(EventRows).show(revert.review.plan.pending)
        self._set("reverting")
        self.bridge.revert(self, revert)

    @on(EventHappened)
    def _on_event(self, event: EventHappened) -> None:
        self.query_one(EventRows).hear(event.event)

    @on(Applied)
    def _on_applied(self, event: Applied) -> None:
        for failure in event.result.failures:
            self.query_one(EventRows).fail(failure.change, explain(failure.error))
        self._end = _ended(event.result, self._revert)
        self._set("ended")

    @on(Failed)
    def _on_failed(self, event: Failed) -> None:
        event.stop()
        self._set("listed" if self._runs else "ended")
        self.query_one(ErrorPanel).show(_("The wizard could not continue the run"), explain(event.error))

    def closed(self) -> bool:
        """Go back from the plan of a revert to the list."""
        if self.state not in ("planned", "ended"):
            return False
        self.action_read_again()
        return True

    # What is shown

    def _set(self, state: State) -> None:
        self.state = state
        self._show()

    def _show(self) -> None:
        listed, planned = self.state == "listed", self.state == "planned"
        if self.state != "ended":
            self.query_one(ErrorPanel).clear()
        self._show_text("#runs-now", self._now())
        self.query_one(Choices).display = listed and bool(self._runs)
        self._show_text("#runs-detail", self._detail() if listed else Content(""))
        self.query_one(PlanTable).display = planned
        self._show_text("#runs-left", self._left() if self.state in ("planned", "ended") else Content(""))
        self.query_one(EventRows).display = self.state in ("reverting", "ended")
        if self.display and self.app.query(ActionBar):
            self.app.query_one(ActionBar).offer(self._forward())
        self.refresh_bindings()

    def _show_text(self, selector: str, text: Content) -> None:
        widget = self.query_one(selector, Static)
        widget.update(text)
        widget.display = bool(text)

    def _forward(self) -> str:
        if self.state == "planned" and self._revert is not None and not self._revert.review.plan.empty:
            return _(_REVERT)
        if self.state in ("planned", "ended"):
            return _(_LIST)
        return _(_RESUME) if self._chosen is not None and self._chosen.is_unfinished else _(_PLAN)

    def _now(self) -> Content:
        if self.state == "reading":
            return Content(_(_READING))
        if self.state == "listed":
            hidden = len(self._runs) - MOST
            return Content(_(_MORE).format(count=hidden) if hidden > 0 else "" if self._runs else _(_NONE))
        if self.state == "planning":
            return Content(_(_PLANNING))
        if self.state == "planned" and self._revert is not None:
            return Content(_(_NOTHING) if self._revert.review.plan.empty else _(_PLANNED))
        return self._end

    def _detail(self) -> Content:
        """Return what the chosen run wrote, one line for each write."""
        from wizard.work.run_text import line_of, who

        chosen = self._chosen
        if chosen is None:
            return Content("")
        lines = [Content.styled(one_line(who(chosen)), "$text-muted")] if who(chosen) else []
        lines += [Content(one_line(line_of(write, chosen))) for write in chosen.writes]
        return Content("\n").join(lines)

    def _left(self) -> Content:
        from wizard.work.planning import label_of

        if self._revert is None:
            return Content("")
        lines = [Content.styled(f"· {one_line(text)}", "$text-muted") for _ignored, text in self._revert.notes]
        if self._revert.left:
            lines.append(Content.styled(_(_LEFT), "bold"))
        for item in self._revert.left:
            name = label_of(item.resource) if item.resource is not None else item.name
            lines.append(Content.assemble(("= ", "$text-muted"), f"{named(item.kind, name)}: {one_line(item.reason)}"))
        return Content("\n").join(lines)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to plan a revert beside Resume, and to read again while the list is shown."""
        del parameters
        if action == "plan_revert":
            return self.state == "listed" and self._chosen is not None and self._chosen.is_unfinished
        return self.state in ("listed", "ended") if action == "read_again" else True


def _choice(run: RecordedRun) -> Choice:
    from wizard.work.run_text import about, age, state_of

    return Choice(run.run.id, f"{age(run.run.started)}, {state_of(run)}: {one_line(about(run))}")


def _ended(result: Result, revert: Revert | None) -> Content:
    if result.ok and revert is not None and revert.is_incomplete:
        return Content.styled(_(_INCOMPLETE), "$text-warning")
    if result.ok:
        return Content.styled(_(_DONE).format(run=result.run), "$text-success")
    return Content(_(_STOPPED)) if result.interrupted else Content.styled(_(_FAILED), "$text-error")


PAGE = RunsPage
