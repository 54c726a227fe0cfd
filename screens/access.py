"""The Access page: the workload's roles and identity, and a sentence that says what they grant."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens import bridge
from screens.form import READING_LIST, FormPage
from screens.session import Session
from screens.widgets.field import Field, field_for
from screens.widgets.role_field import ActingField, KeyAccountField, ProductField, RolesField
from screens.widgets.static_text import set_text
from wizard.language import _
from wizard.setup import access_questions, granting, replacing

if TYPE_CHECKING:
    from wizard.setup.answers import Answers
    from wizard.setup.question import Question
    from wizard.setup.replacing import HeldRoles, Replaced

_FIELDS: dict[str, type[Field]] = {
    "access.product": ProductField,
    "access.replaces": KeyAccountField,
    "access.roles": RolesField,
    "access.via": ActingField,
}
_FIRST = ("access.replaces", "access.product")


class AccessPage(FormPage):
    """Asks for the roles of the workload. A mode overrides `holder` and `remarks`."""

    title: ClassVar[str] = "Access"

    def __init__(self, session: Session, bridge: bridge.Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(session, bridge)
        self._held: dict[Replaced, HeldRoles | None] = {}
        """The roles of the service accounts whose keys are being replaced; None while they are read."""

    def workloads(self) -> dict[str, Answers]:
        """Return the answers of each workload, by its title; the key of a single one is ""."""
        return {"": self.answers}

    def holder(self) -> str:
        """Return the workload that gets the roles, as the subject of a sentence."""
        return _("The workload")

    def remarks(self) -> list[granting.Remark]:
        """Return remarks on the grants, for the user."""
        return granting.remarks(self.answers)

    def questions(self) -> tuple[Question, ...]:
        """Return the questions, with those first on which the roles that are offered depend."""
        return tuple(sorted(super().questions(), key=_place_of))

    def create_field(self, question: Question) -> Field:
        """Return the field for a question. Some questions have a special control."""
        return _FIELDS.get(question.path, field_for)(question, self.answers)

    def compose_after(self) -> ComposeResult:
        """Yield what the answers grant."""
        with Vertical(id="granting"):
            yield Static(_("Grants"), classes="granting--title", markup=False)
            yield Static("", classes="granting--sentence", markup=False)
            yield Static("", classes="granting--remarks", markup=False)

    def entered(self) -> None:
        """Show the current answers, read the lists, and look for the keys that the workloads use today."""
        super().entered()
        self.bridge.find_keys(self)

    @on(bridge.KeysFound)
    def _on_keys(self, event: bridge.KeysFound) -> None:
        event.stop()
        if not self.display:
            return
        for title, answers in self.workloads().items():
            replacing.see_key(answers, event.keys.get(title))
        was_asked = self.field("access.replaces").display
        self.refreshed()
        self.read_lists()
        self.post_message(self.Changed(shown_on=self))
        if not was_asked:
            self._go_to_replaced()

    def _go_to_replaced(self) -> None:
        """Focus the question about the key, which appeared above the first one, unless the user is further on."""
        replaces, focused = self.field("access.replaces"), self.app.focused
        is_first = focused is not None and self.field("access.product") in focused.ancestors
        if replaces.display and is_first and not self.answers.text("access.replaces"):
            replaces.control.focus()

    def read_lists(self) -> None:
        """Read the lists, and the roles of the service accounts whose keys are being replaced."""
        super().read_lists()
        for answers in self.workloads().values():
            account = replacing.replaced(answers)
            if account is not None and account not in self._held:
                self._held[account] = None
                self.bridge.held_roles(self, account)

    @on(bridge.HeldRead)
    def _on_held(self, event: bridge.HeldRead) -> None:
        event.stop()
        self._held[event.account] = event.held
        if self.display:
            self.refreshed()
            self.post_message(self.Changed(shown_on=self))

    def waits_for(self) -> str:
        """Return also that the roles of a service account are read, if only the roles are missing."""
        waits = any(held is None for held in self._held.values())
        paths = {path for answers in self.workloads().values() for path, _ in answers.missing(self.page_id)}
        return READING_LIST if waits and paths == {"access.roles"} else super().waits_for()

    def answered(self, path: str) -> None:
        """Go to the question about the service account once the user says that there is a key."""
        if path == "access.has_key" and access_questions.has_key(self.answers):
            self.field("access.replaces").control.focus()

    def refreshed(self) -> None:
        """Show the current answers, and what they grant."""
        for answers in self.workloads().values():
            account = replacing.replaced(answers)
            replacing.see_roles(answers, account, self._held.get(account) if account else None)
        super().refreshed()
        self._show_grants()

    @on(events.DescendantFocus)
    @on(bridge.Listed)
    @on(bridge.Failed)
    def _on_layout_changed(self) -> None:
        """Show the grants again: the list has titles of roles, and a focus or a note moves the fields."""
        self.call_after_refresh(self._update_grants)

    def _update_grants(self) -> None:
        self._show_grants()
        last, focused = self._visible()[-1], self.app.focused
        if focused is not None and focused in last.query("*"):
            self.call_after_refresh(self._show_with_granting, last)

    def _show_with_granting(self, field: Field) -> None:
        """Scroll to the last field and to the grants, if there is room for both."""
        both = field.virtual_region.union(self.query_one("#granting").virtual_region)
        if both.height <= self.size.height:
            self.scroll_to_region(both, animate=False)

    def _show_grants(self) -> None:
        picker = self.query_one(RolesField).picker
        sentence = granting.granted(self.holder(), self.answers, picker.titles)
        set_text(self.query_one(".granting--sentence", Static), sentence)
        remarks = [*self.remarks(), *(granting.unlisted(role) for role in picker.unknown), *self._planned()]
        remarks += self._held_remarks()
        lines = [_line(remark) for remark in remarks]
        set_text(self.query_one(".granting--remarks", Static), Content("\n").join(lines))
        self.query_one(".granting--remarks").display = bool(lines)

    def _held_remarks(self) -> list[granting.Remark]:
        """Return what is to be known about the roles of the service account whose key is being replaced."""
        account = replacing.replaced(self.answers)
        held = self._held.get(account) if account else None
        return list(replacing.remarks(account, held)) if account and held else []

    def _planned(self) -> list[granting.Remark]:
        """Return what the last plan says about these roles: how they are granted already, and on which conditions."""
        from wizard.work import planning

        reviewed = self.session.reviewed
        if reviewed is None:
            return []
        notes = [note for change in reviewed.plan.changes for note in planning.notes(change)]
        return granting.planned(notes, self.answers)


def _place_of(question: Question) -> int:
    return _FIRST.index(question.path) if question.path in _FIRST else len(_FIRST)


def _line(remark: granting.Remark) -> Content:
    if remark.warn:
        return Content.styled(f"! {remark.text}", "$text-warning")
    return Content.styled(f"· {remark.text}", "$text-muted")
