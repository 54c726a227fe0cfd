"""The Doctor page: takes whatever the user has in hand, shows the one cause, and leads to its fix."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static, TextArea

from screens.bridge import Bridge, Diagnosed, Explained, Failed, Inventoried, ProgressSaid
from screens.error_text import explain
from screens.page import Page
from screens.session import Session
from screens.widgets.action_bar import ActionBar
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.disclosure import Disclosure
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.finding_lines import diagnosis_lines, recognised_line
from screens.widgets.inventory_list import InventoryList
from wizard.language import _
from wizard.modes.opened import Opened

if TYPE_CHECKING:
    from wizard.modes.opened import Inventory
    from wizard.work.diagnosing import Diagnosis
    from wizard.work.starting import Started

_QUESTION = "What do you want to check?"
_HELP = (
    "Paste an error message, or type a name. The name can be the path of a setup file or a credential configuration, "
    "the ARN of a role, job definition or task definition, the email address of a service account, "
    "NAMESPACE/SERVICE_ACCOUNT, or pod/NAME. For an overview, type cluster/NAME or account/REGION."
)
_EMPTY = "Paste an error message, or type the name of a file or of a workload."
_BUSY = "The doctor is still running its checks."
_NOT_RECOGNISED = (
    "The doctor does not recognize this text. Paste the whole error, with the lines before it, or type the name of the "
    "credential configuration."
)
_FIND, _FIX, _SET_UP = "Find the cause", "Fix it", "Set up"
_NONE_CHOSEN = "Choose a workload: press Space on its row."
_ONE_ONLY = "A setup of this kind has one workload. Choose only one workload."
_NO_SUCH_WORKLOAD = "The table does not contain {keys}. Choose a workload in the table."
_COPIED = "The wizard sent the report to the terminal's clipboard."


class DoctorPage(Page):
    """Finds out why a token fails. It changes nothing: the fix is reviewed and applied on the pages of the mode."""

    page_id: ClassVar[str] = "doctor"
    title: ClassVar[str] = "Find out why access fails"
    next_label: ClassVar[str] = _FIND
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "look_again", "Look again", id="doctor.again", tooltip="Run the doctor again"),
        Binding("r", "copy_report", "Copy report", id="doctor.copy", tooltip="Copy the report for a ticket"),
    ]

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(session, bridge)
        self._busy = False
        self._looked_at = ""
        self._report: list[str] = []
        self._fixable: Started | None = None
        """What was opened, if the wizard can fix what is broken in it."""
        self._inventory: Inventory | None = None

    def compose_body(self) -> ComposeResult:
        """Yield the field, what the doctor does now, the chain, and the findings."""
        with Vertical(classes="field"):
            yield Static(_(_QUESTION), classes="field-title", markup=False)
            yield Static(_(_HELP), classes="field-help", markup=False)
            area = TextArea(id="doctor-given", compact=True, tab_behavior="focus", soft_wrap=True)
            area.text = str(self.session.to_diagnose or "")
            yield area
        yield ErrorPanel(id="doctor-error")
        yield Static("", id="doctor-now", markup=False)
        yield Vertical(id="doctor-chains")
        yield InventoryList()
        yield Vertical(id="doctor-findings")

    def entered(self) -> None:
        """Look at once at what the command line named."""
        given, self.session.to_diagnose = self.session.to_diagnose, None
        if given is not None:
            self.query_one(TextArea).text = str(given)
            self._look(str(given))

    # What the user gave

    @property
    def _given(self) -> str:
        return self.query_one(TextArea).text.strip()

    @on(TextArea.Changed)
    def _on_text(self, event: TextArea.Changed) -> None:
        event.stop()
        self._offer()

    def takes_forward(self) -> bool:
        """Find the cause of what was given, go to the review of the fix, or set up the chosen workloads.

        Returns True: all are the page's own.
        """
        if self._busy:
            self._say(_(_BUSY))
        elif self._is_shown_with_fix:
            self._fix()
        elif self._lists_workloads:
            self._set_up()
        elif self._given:
            self._look(self._given)
        else:
            self._say(_(_EMPTY))
            self.query_one(TextArea).focus()
        return True

    def action_look_again(self) -> None:
        """Look again at the same thing, for example after it was changed elsewhere."""
        if self._given and not self._busy:
            self._look(self._given)

    def _look(self, given: str) -> None:
        self._busy, self._looked_at, self._fixable, self._report = True, given, None, []
        self._inventory = None
        self.query_one(ErrorPanel).clear()
        self._clear()
        self._say(_("Reading …"))
        self._offer()
        self.bridge.diagnose(self, given)

    @property
    def _is_shown_with_fix(self) -> bool:
        return self._fixable is not None and self._given == self._looked_at

    @property
    def _lists_workloads(self) -> bool:
        return self._inventory is not None and bool(self._inventory.rows) and self._given == self._looked_at

    @property
    def _main_label(self) -> str:
        """The label of the button that goes forward."""
        if self._is_shown_with_fix:
            return _(_FIX)
        return _(_SET_UP) if self._lists_workloads else _(_FIND)

    def _offer(self) -> None:
        self.refresh_bindings()
        if self.app.query(ActionBar) and self.display:
            self.app.query_one(ActionBar).offer(self._main_label)

    # What the doctor found

    @on(ProgressSaid)
    def _on_progress(self, event: ProgressSaid) -> None:
        event.stop()
        self._say(f"{event.sentence} …")

    @on(Failed)
    def _on_failed(self, event: Failed) -> None:
        event.stop()
        self._busy = False
        self._say("")
        self.query_one(ErrorPanel).show(_("The doctor could not check your input"), explain(event.error))
        self._offer()

    @on(Explained)
    async def _on_explained(self, event: Explained) -> None:
        from wizard.work import diagnosis_text

        event.stop()
        self._busy = False
        self._report = list(diagnosis_text.recognised(event.found))
        if not event.found:
            self._say(_(_NOT_RECOGNISED))
            return
        self._say("")
        self._offer()
        lines = [recognised_line(each, is_cause=each is event.found[0]) for each in event.found]
        await self.query_one("#doctor-findings").mount_all(lines)
        self._show(lines[0])

    @on(Inventoried)
    async def _on_inventoried(self, event: Inventoried) -> None:
        from wizard.work import diagnosis_text

        event.stop()
        self._busy = False
        self._inventory = event.inventory
        self._report = list(diagnosis_text.inventory(event.inventory))
        self._say(event.inventory.about)
        picks = self.query_one(InventoryList)
        picks.show(event.inventory)
        lines = [] if event.inventory.rows else [Disclosure(_("The doctor found no workload."))]
        if event.inventory.unknown:
            body = "\n".join(f"? {sentence}" for sentence in event.inventory.unknown)
            lines.append(
                Disclosure(
                    _("Not checked: {count}").format(count=len(event.inventory.unknown)),
                    body,
                    open=True,
                    classes="finding",
                )
            )
        await self.query_one("#doctor-findings").mount_all(lines)
        self._offer()
        picks.focus_list()
        chosen, self.session.to_set_up = self.session.to_set_up, ()
        if chosen:
            self._choose(chosen)

    @on(InventoryList.Chosen)
    def _on_chosen(self, event: InventoryList.Chosen) -> None:
        event.stop()
        if self._inventory is not None:
            self._say(self._inventory.about)

    def _choose(self, keys: tuple[str, ...]) -> None:
        """Choose the workloads that the command line named, and set them up."""
        missing = self.query_one(InventoryList).choose(keys)
        if missing:
            self._say(_(_NO_SUCH_WORKLOAD).format(keys=", ".join(missing)))
        else:
            self._set_up()

    @on(Diagnosed)
    async def _on_diagnosed(self, event: Diagnosed) -> None:
        from wizard.work import diagnosis_text

        event.stop()
        self._busy = False
        diagnosis = event.diagnosis
        self._report = list(diagnosis_text.as_text(diagnosis))
        if any(finding.changes for finding in diagnosis.broken):
            self._fixable = event.started
        self._say("")
        self._draw_chains(event.started, diagnosis)
        lines = list(diagnosis_lines(diagnosis))
        await self.query_one("#doctor-findings").mount_all(lines)
        self._offer()
        self._show(lines[0])

    def _draw_chains(self, started: Started | None, diagnosis: Diagnosis) -> None:
        """Draw the chain of each workload that the live test tested."""
        if started is None or not isinstance(started.opened, Opened):
            return
        from wizard.work.opening import mode_of

        chains = mode_of(started.opened.setup).chains(started.opened.setup)
        for workload, titles in chains.items():
            outcomes = diagnosis.outcomes.get(workload, [])
            if not outcomes:
                continue
            picture = ChainPicture(titles)
            self.query_one("#doctor-chains").mount(picture)
            for outcome in outcomes:
                self.call_after_refresh(picture.show, outcome)

    def _show(self, line: Disclosure) -> None:
        """Focus the first finding, and keep it in view while it and the chains above it get their sizes."""
        line.stays_in_view = True
        self.call_after_refresh(self.bring_into_view, line)

    def _clear(self) -> None:
        self.query_one("#doctor-chains").remove_children()
        self.query_one(InventoryList).clear()
        self.query_one("#doctor-findings").remove_children()

    def _say(self, text: str) -> None:
        now = self.query_one("#doctor-now", Static)
        now.update(Content(text))
        now.display = bool(text)

    # What follows

    def _fix(self) -> None:
        """Take the setup as the wizard's answers, and review its plan."""
        started = self._fixable
        assert started is not None
        assert isinstance(started.opened, Opened)
        from wizard.work.opening import mode_of

        mode = mode_of(started.opened.setup)
        self.session.take(mode, mode.answers_of(started.opened.setup, self.session.detected))
        self.session.source, self.session.fixing = started.file, True
        self.post_message(self.Open("review"))

    def _set_up(self) -> None:
        """Take the chosen workloads as answers of their mode, and show its first page."""
        from wizard.modes.mode import table

        inventory, rows = self._inventory, self.query_one(InventoryList).chosen
        assert inventory is not None
        if not rows:
            self._say(_(_NONE_CHOSEN))
            self.query_one(InventoryList).focus_list()
            return
        if len(rows) > 1 and not inventory.several:
            self._say(_(_ONE_ONLY))
            return
        mode = table()[inventory.mode]
        self.session.take(mode, mode.answers_from(inventory, rows, self.session.detected))
        self.session.source = self.session.saved = None
        self.session.done = {mode.pages[0]}
        self.post_message(self.Open(mode.pages[1]))

    def action_copy_report(self) -> None:
        """Send the report to the terminal's clipboard."""
        if self._report:
            self.app.copy_to_clipboard("\n".join(self._report))
            self.notify(_(_COPIED), markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to copy and to look again when there is something to copy or to look at."""
        del parameters
        if action == "copy_report":
            return bool(self._report)
        return bool(self._looked_at) and not self._busy if action == "look_again" else True


PAGE = DoctorPage
