"""The Review page: shows the planned changes, their effects, and missing permissions. It changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Button, Static

from screens.bridge import Failed, Reviewed
from screens.error_text import explain
from screens.page import Page
from screens.saving import save
from screens.widgets.action_bar import ActionBar
from screens.widgets.dialogs import TextDialog, YesNoDialog
from screens.widgets.error_panel import ErrorPanel
from screens.widgets.plan_table import PlanTable, difference, title_of
from wizard.language import _, translated
from wizard.outside.text import one_line

if TYPE_CHECKING:
    from wizard.work.planning import Loss


_HALF = (
    "Run {run} applied only one side of the setup (--only {half}), so this plan has no changes for the other side. To "
    "print the commands for the other side, quit the wizard, and run wif-wizard resume {run}."
)


class ReviewPage(Page):
    """Plans again each time the user enters it, because the state of the clouds may have changed."""

    page_id: ClassVar[str] = "review"
    title: ClassVar[str] = "Review the changes"
    next_label: ClassVar[str] = "Apply"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "commands", "Commands", id="review.commands", tooltip="Show the changes as commands"),
        Binding("s", "save", "Save", id="review.save", tooltip="Save the answers to a setup file"),
        Binding("p", "again", "Replan", id="review.again", tooltip="Plan again"),
    ]

    state: reactive[str] = reactive("reading")
    """reading, read or failed."""

    _confirmed = False
    """Whether the user has confirmed the changes that affect running workloads."""
    _loss_accepted = False
    """Whether the user has accepted that others lose access."""

    def compose_body(self) -> ComposeResult:
        """Yield the summary, the error, what others lose, the changes, what else is to know, and the button to test."""
        yield Static("", id="review-summary", markup=False)
        yield ErrorPanel(id="review-error")
        yield Static("", id="review-losses", markup=False)
        yield PlanTable(id="review-plan")
        yield Static("", id="review-left", markup=False)
        yield Static("", id="review-permissions", markup=False)
        yield Static("", id="review-notes", markup=False)
        yield Button(_("Run the live test"), id="review-test", compact=True, classes="offer")

    def entered(self) -> None:
        """Plan, unless changes are being applied."""
        self._confirmed = self._loss_accepted = False
        if not self.session.applying:
            self.session.done.discard(self.page_id)
            self.action_again()

    def action_again(self) -> None:
        """Plan again."""
        self.session.reviewed = None
        self.state = "reading"
        self._show()
        self.bridge.review(self)

    @on(Reviewed)
    def _on_reviewed(self, event: Reviewed) -> None:
        self.session.reviewed = event.reviewed
        self.state = "read"
        self._show()
        self._take_focus()

    @on(Failed)
    def _on_failed(self, event: Failed) -> None:
        self.state = "failed"
        self._show()
        self.query_one(ErrorPanel).show(_("The wizard could not plan the setup"), explain(event.error))
        self._take_focus()

    def _take_focus(self) -> None:
        """Focus the first widget of the page if nothing in the page has the focus, so that the page's keys work."""
        focused = self.screen.focused
        if self.display and (focused is None or self not in focused.ancestors):
            self.focus_first()

    def _show(self) -> None:
        reviewed = self.session.reviewed
        table = self.query_one(PlanTable)
        self.query_one(ErrorPanel).clear()
        if reviewed is None:
            table.clear()
        else:
            table.show(reviewed, pending_first=self.session.fixing)
        self.query_one("#review-summary", Static).update(self._summary())
        self._show_text("#review-losses", self._losses())
        self._show_text("#review-left", self._left())
        self._show_text("#review-permissions", self._permissions())
        self._show_text("#review-notes", self._notes())
        self.query_one("#review-test").display = reviewed is not None and reviewed.plan.empty
        for bar in self.app.query(ActionBar):
            bar.offer(_("Continue") if reviewed is not None and reviewed.plan.empty else translated(self.next_label))
            bar.explain([])
        self.refresh_bindings()

    def _show_text(self, selector: str, text: Content) -> None:
        widget = self.query_one(selector, Static)
        widget.update(text)
        widget.display = bool(text)

    def _summary(self) -> Content:
        from wizard.work.planning import summary

        if self.state == "failed":
            return Content(_("The wizard changed nothing. Press p to plan again."))
        if self.session.reviewed is None:
            return Content(_("… Reading the current state of the resources. The wizard changes nothing."))
        plan = self.session.reviewed.plan
        if plan.empty and self.session.reviewed.left:
            return Content(
                _(
                    "The wizard has nothing to apply. Other tools manage the resources that differ from the setup: "
                    "make the changes in these tools."
                )
            )
        if plan.empty:
            count = len(plan.changes)
            text = _("✓ All {count} resources are in place. There is nothing to apply.").format(count=count)
            return Content.styled(text, "$text-success")
        return Content(summary(plan))

    def _losses(self) -> Content:
        lines = self._loss_lines()
        if not lines:
            return Content("")
        return Content("\n").join(
            [Content.styled((_("These changes remove access from other identities")), "bold $text-error"), *lines]
        )

    def _loss_lines(self) -> list[Content]:
        losses = self.session.reviewed.losses if self.session.reviewed else []
        return [Content.assemble(("✗ ", "$text-error"), _loss(loss)) for loss in losses]

    def _left(self) -> Content:
        from wizard.work.planning import patch_text, place_text

        left = self.session.reviewed.left if self.session.reviewed else ()
        if not left:
            return Content("")
        lines = [Content.styled(_("Other tools manage these resources"), "bold")]
        for item in left:
            title = _capitalised(title_of(item.change))
            where = _(
                "{tool} manages this resource, and would revert the wizard's change. Make the change here: {place}"
            ).format(tool=item.owner.tool, place=place_text(item.owner))
            where = one_line(where)
            lines.append(Content.assemble(("· ", "$text-warning"), (title, "bold"), ": ", where))
            lines += [difference(item.change, field) for field in item.change.fields]
            lines += [Content.styled(f"  {line}", "$text-muted") for line in patch_text(item.change).splitlines()]
        for waiting in self.session.reviewed.waiting if self.session.reviewed else ():
            title, first = _capitalised(title_of(waiting.change)), title_of(waiting.needs.change)
            lines.append(
                Content.assemble(
                    ("· ", "$text-warning"),
                    (title, "bold"),
                    ": ",
                    _("the change waits for {first}.").format(first=first),
                )
            )
        return Content("\n").join(lines)

    def _permissions(self) -> Content:
        if self.session.reviewed is None or not self.session.reviewed.permission_checks:
            return Content("")
        checks = self.session.reviewed.permission_checks
        granted = sum(check.status == "granted" for check in checks)
        lines = [Content.styled(_("Your permissions"), "bold")]
        if granted:
            needed = len(checks)
            text = _("✓ You have {granted} of the {needed} permissions that this plan needs").format(
                granted=granted, needed=needed
            )
            lines.append(Content.styled(text, "$text-success"))
        for check in checks:
            permission = _("{permission} on {on}").format(permission=check.needed.permission, on=check.needed.on)
            if check.status == "missing":
                lines.append(
                    Content.assemble((_("✗ missing") + " ", "$text-error"), f"{permission}: ", (check.fix, "bold"))
                )
            elif check.status == "unknown":
                lines.append(Content.assemble(("? ", "$text-warning"), permission, (f": {check.fix}", "$text-muted")))
        return Content("\n").join(lines)

    def _notes(self) -> Content:
        if self.session.reviewed is None or self.session.opened is None:
            return Content("")
        notes = list(self.session.opened.notes)
        if self.session.resumed is not None and self.session.half is not None:
            notes.insert(0, _(_HALF).format(run=self.session.resumed.id, half=self.session.half))
        return Content("\n").join(Content.assemble(("! ", "$text-warning"), note) for note in notes)

    # Going forward

    def problems(self) -> list[str]:
        """Return why the changes cannot be applied yet."""
        reviewed = self.session.reviewed
        if self.state == "failed":
            return [_("The wizard could not plan the setup: press p to plan again.")]
        if reviewed is None:
            return [_("The wizard is still planning: wait until the plan is ready.")]
        if reviewed.missing:
            return [
                _("You do not have the permission {permission}: {fix}.").format(
                    permission=check.needed.permission, fix=check.fix
                )
                for check in reviewed.missing
            ]
        if reviewed.losses and not self._loss_accepted:
            return [_("These changes remove access from other identities: accept the loss of access first.")]
        if self._impacts() and not self._confirmed:
            return [_("Some changes affect running workloads: confirm the changes first.")]
        return []

    def next_page(self) -> str | None:
        """Return the page after Apply if there is nothing to apply."""
        reviewed = self.session.reviewed
        return self._result_page if reviewed is not None and reviewed.plan.empty else None

    @property
    def _result_page(self) -> str:
        """The id of the page after Apply."""
        pages = self.session.mode.pages
        return pages[-1] if self.session.fixing else pages[pages.index("apply") + 1]

    def show_problem(self) -> None:
        """Ask the user to confirm losses of access and effects on running workloads, each apart."""
        reviewed = self.session.reviewed
        if reviewed is None or reviewed.missing:
            return
        if reviewed.losses and not self._loss_accepted:
            self._ask_about_losses()
        else:
            self._ask_about_impacts()

    def _ask_about_losses(self) -> None:
        text = Content("\n").join(self._loss_lines())
        dialog = YesNoDialog(
            (_("These changes remove access from other identities")),
            text,
            _("Accept the loss"),
            _("Cancel"),
            dangerous=True,
        )
        self.app.push_screen(dialog, self._on_loss_answered)

    def _on_loss_answered(self, yes: bool | None) -> None:
        self._loss_accepted = bool(yes)
        for bar in self.app.query(ActionBar):
            bar.explain([])
        if not yes:
            return
        if self._impacts() and not self._confirmed:
            self._ask_about_impacts()
        else:
            self.post_message(self.Next())

    def _ask_about_impacts(self) -> None:
        text = Content("\n\n").join(self._impacts())
        dialog = YesNoDialog(
            _("These changes affect running workloads"), text, _("Apply changes"), _("Cancel"), dangerous=True
        )
        self.app.push_screen(dialog, self._on_answered)

    def _impacts(self) -> list[Content]:
        reviewed = self.session.reviewed
        pending = reviewed.plan.pending if reviewed else ()
        impacts = [(change, change.resource.impact(change)) for change in pending]
        return [
            Content.assemble((_capitalised(title_of(change)), "bold"), f": {one_line(impact)}.")
            for change, impact in impacts
            if impact
        ]

    def _on_answered(self, yes: bool | None) -> None:
        self._confirmed = bool(yes)
        for bar in self.app.query(ActionBar):
            bar.explain([])
        if yes:
            self.post_message(self.Next())

    @on(Button.Pressed, "#review-test")
    async def _on_test(self) -> None:
        self.session.done |= {"review", "apply", self._result_page}
        self.post_message(self.Open(self.session.mode.pages[-1]))

    # Commands and saving

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the commands only for a plan that has changes."""
        if action == "commands":
            return self.session.reviewed is not None and not self.session.reviewed.plan.empty
        return super().check_action(action, parameters)

    def action_commands(self) -> None:
        """Show the commands that make the same changes."""
        reviewed = self.session.reviewed
        commands: list[str] = []
        for change in reviewed.plan.pending if reviewed else ():
            commands += change.resource.commands(change)
        text = "\n\n".join(commands) + "\n"
        note = _(
            "Run these commands in this order. When the wizard makes these changes, the wizard also waits until "
            "each change is visible."
        )

        def save_commands() -> None:
            save(self, self.session.folder / "commands.sh", text)

        self.app.push_screen(TextDialog(_("Equivalent commands"), text, note, save_commands))

    def action_save(self) -> None:
        """Save the answers to a setup file."""
        from wizard.setup.load import dump
        from wizard.setup.problems import SetupError

        path = self.session.setup_path
        try:
            text = dump(self.session.answers.to_setup())
        except SetupError as error:
            self.notify(str(error), severity="error", markup=False)
            return

        def on_saved() -> None:
            self.session.saved = path

        save(self, path, text, on_saved)


def _loss(loss: Loss) -> Content:
    return Content.assemble((_capitalised(title_of(loss.change)), "bold"), f": {one_line(loss.text)}.")


def _capitalised(text: str) -> str:
    """Return the text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


PAGE = ReviewPage
