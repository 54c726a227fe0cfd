"""Review: what would be changed, whether it may be, and what that does; nothing is changed yet."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Button, Static

from screens.bridge import Failed, Reviewed
from screens.error_text import told
from screens.page import Page
from screens.saving import save
from screens.widgets.action_bar import ActionBar
from screens.widgets.dialogs import TextDialog, YesNoDialog
from screens.widgets.error_panel import Trouble
from screens.widgets.plan_table import PlanTable


class ReviewPage(Page):
    """Reads the plan each time it is entered, for what is so may have changed."""

    page_id: ClassVar[str] = "review"
    title: ClassVar[str] = "What will be changed"
    next_label: ClassVar[str] = "Apply"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "commands", "By hand", id="review.commands", tooltip="The same, as commands to type"),
        Binding("s", "save", "Save", id="review.save", tooltip="Save the answers as a setup file"),
        Binding("p", "again", "Replan", id="review.again", tooltip="Read everything again"),
    ]

    state: reactive[str] = reactive("reading")
    """reading, read or failed."""

    _agreed = False

    def compose_body(self) -> ComposeResult:
        """Summary, trouble, changes, permissions, notes, and where to go when there is nothing to do."""
        yield Static("", id="review-summary", markup=False)
        yield Trouble(id="review-trouble")
        yield PlanTable(id="review-plan")
        yield Static("", id="review-permissions", markup=False)
        yield Static("", id="review-notes", markup=False)
        yield Button("Test the token now", id="review-test", compact=True, classes="offer")

    def entered(self) -> None:
        """Read the plan, unless changes are being made just now."""
        self._agreed = False
        if not self.session.applying:
            self.session.done.discard(self.page_id)
            self.action_again()

    def action_again(self) -> None:
        """Read everything again."""
        self.session.reviewed = None
        self.state = "reading"
        self._show()
        self.bridge.review(self)

    @on(Reviewed)
    def _reviewed(self, event: Reviewed) -> None:
        self.session.reviewed = event.reviewed
        self.state = "read"
        self._show()
        self._take_focus()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        self.state = "failed"
        self._show()
        self.query_one(Trouble).show("The plan could not be read", told(event.error))
        self._take_focus()

    def _take_focus(self) -> None:
        """There is something to move about in now: the page's keys work from there."""
        focused = self.screen.focused
        if self.display and (focused is None or self not in focused.ancestors):
            self.focus_first()

    def _show(self) -> None:
        reviewed = self.session.reviewed
        table = self.query_one(PlanTable)
        self.query_one(Trouble).clear()
        if reviewed is None:
            table.clear()
        else:
            table.show(reviewed)
        self.query_one("#review-summary", Static).update(self._summary())
        self._put("#review-permissions", self._permissions())
        self._put("#review-notes", self._notes())
        self.query_one("#review-test").display = reviewed is not None and reviewed.plan.empty
        for bar in self.app.query(ActionBar):
            bar.offer("Go on" if reviewed is not None and reviewed.plan.empty else self.next_label)
            bar.explain([])
        self.refresh_bindings()

    def _put(self, selector: str, text: Content) -> None:
        widget = self.query_one(selector, Static)
        widget.update(text)
        widget.display = bool(text)

    def _summary(self) -> Content:
        from wizard.work.planning import summary

        if self.state == "failed":
            return Content("Nothing was changed. Press p to read again.")
        if self.session.reviewed is None:
            return Content(f"… Reading what is there, {self.session.mode.reads}. Nothing is changed.")
        plan = self.session.reviewed.plan
        if plan.empty:
            found = f"✓ Everything is in place: {len(plan.changes)} of {len(plan.changes)}. There is nothing to do."
            return Content.styled(found, "$text-success")
        return Content(summary(plan))

    def _permissions(self) -> Content:
        if self.session.reviewed is None or not self.session.reviewed.permission_checks:
            return Content("")
        verdicts = self.session.reviewed.permission_checks
        granted = sum(verdict.status == "granted" for verdict in verdicts)
        lines = [Content.styled("Your permissions", "bold")]
        if granted:
            held = f"✓ {granted} of {len(verdicts)} that this takes are yours"
            lines.append(Content.styled(held, "$text-success"))
        for verdict in verdicts:
            what = f"{verdict.needed.permission} on {verdict.needed.on}"
            if verdict.status == "missing":
                lines.append(Content.assemble(("✗ you lack ", "$text-error"), f"{what}: ", (verdict.fix, "bold")))
            elif verdict.status == "unknown":
                lines.append(Content.assemble(("? ", "$text-warning"), what, (f": {verdict.fix}", "$text-muted")))
        return Content("\n").join(lines)

    def _notes(self) -> Content:
        if self.session.reviewed is None or self.session.opened is None:
            return Content("")
        notes = self.session.opened.notes
        return Content("\n").join(Content.assemble(("! ", "$text-warning"), note) for note in notes)

    # Going forward

    def problems(self) -> list[str]:
        """The plan must be read, the permissions there, and dangerous changes agreed to."""
        reviewed = self.session.reviewed
        if self.state == "failed":
            return ["The plan could not be read: press p to read again."]
        if reviewed is None:
            return ["The plan is being read."]
        if reviewed.missing:
            return [f"You lack {verdict.needed.permission}: {verdict.fix}." for verdict in reviewed.missing]
        if self._impacts() and not self._agreed:
            return ["Some changes touch what runs now: they are asked about."]
        return []

    def next_page(self) -> str | None:
        """Past Apply where there is nothing to apply."""
        reviewed = self.session.reviewed
        return self._result_page if reviewed is not None and reviewed.plan.empty else None

    @property
    def _result_page(self) -> str:
        """The page after Apply."""
        pages = self.session.mode.pages
        return pages[pages.index("apply") + 1]

    def show_problem(self) -> None:
        """Ask about dangerous changes where nothing else is missing."""
        reviewed = self.session.reviewed
        if reviewed is None or reviewed.missing:
            return
        text = Content("\n\n").join(self._impacts())
        dialog = YesNoDialog("This touches what runs now", text, "Make these changes", "No", dangerous=True)
        self.app.push_screen(dialog, self._answered)

    def _impacts(self) -> list[Content]:
        from wizard.work.planning import label

        reviewed = self.session.reviewed
        pending = reviewed.plan.pending if reviewed else ()
        impacts = [(change, change.resource.impact(change)) for change in pending]
        return [
            Content.assemble((_sentence(f"{change.resource.kind} {label(change)}"), "bold"), f": {impact}.")
            for change, impact in impacts
            if impact
        ]

    def _answered(self, yes: bool | None) -> None:
        self._agreed = bool(yes)
        for bar in self.app.query(ActionBar):
            bar.explain([])
        if yes:
            self.post_message(self.Next())

    @on(Button.Pressed, "#review-test")
    async def _test(self) -> None:
        self.session.done |= {"review", "apply", self._result_page}
        self.post_message(self.Open(self.session.mode.pages[-1]))

    # Beside it

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Commands are of a plan that was read and has something to do."""
        if action == "commands":
            return self.session.reviewed is not None and not self.session.reviewed.plan.empty
        return super().check_action(action, parameters)

    def action_commands(self) -> None:
        """The same changes, typed by hand."""
        reviewed = self.session.reviewed
        commands = (
            [each for change in reviewed.plan.pending for each in change.resource.commands(change)] if reviewed else []
        )
        text = "\n\n".join(commands) + "\n"
        note = "The same by hand, in this order. The wizard also waits until each is visible before it goes on."

        def to_file() -> None:
            save(self, self.session.folder / "commands.sh", text)

        self.app.push_screen(TextDialog("Equivalent commands", text, note, to_file))

    def action_save(self) -> None:
        """Save the answers as a setup file."""
        from wizard.setup.load import dump
        from wizard.setup.problems import SetupError

        path = self.session.setup_path
        try:
            text = dump(self.session.answers.to_setup())
        except SetupError as error:
            self.notify(str(error), severity="error", markup=False)
            return

        def saved() -> None:
            self.session.saved = path

        save(self, path, text, saved)


def _sentence(text: str) -> str:
    """The text as the beginning of a sentence; names in it keep their spelling."""
    return text[:1].upper() + text[1:]


PAGE = ReviewPage
