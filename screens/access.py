"""The Access page: the workload's roles and identity, and a sentence that says what they grant."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens import bridge
from screens.form import FormPage
from screens.widgets.field import Field, field_for
from screens.widgets.role_field import ActingField, ProductField, RolesField
from screens.widgets.static_text import set_text
from wizard.setup import granting

if TYPE_CHECKING:
    from wizard.setup.question import Question

_FIELDS: dict[str, type[Field]] = {
    "access.product": ProductField,
    "access.roles": RolesField,
    "access.via": ActingField,
}
_FIRST = "access.product"


class AccessPage(FormPage):
    """Asks for the roles of the workload. A mode overrides `holder` and `remarks`."""

    title: ClassVar[str] = "Access"

    def holder(self) -> str:
        """Return the workload that gets the roles, as the subject of a sentence."""
        return "The workload"

    def remarks(self) -> list[granting.Remark]:
        """Return remarks on the grants, for the user."""
        return granting.remarks(self.answers)

    def questions(self) -> tuple[Question, ...]:
        """Return the questions, with the product first: the usual roles depend on it."""
        return tuple(sorted(super().questions(), key=lambda question: question.path != _FIRST))

    def create_field(self, question: Question) -> Field:
        """Return the field for a question. Some questions have a special control."""
        return _FIELDS.get(question.path, field_for)(question, self.answers)

    def compose_after(self) -> ComposeResult:
        """Yield what the answers grant."""
        with Vertical(id="granting"):
            yield Static("Grants", classes="granting--title", markup=False)
            yield Static("", classes="granting--sentence", markup=False)
            yield Static("", classes="granting--remarks", markup=False)

    def refreshed(self) -> None:
        """Show the current answers, and what they grant."""
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
        lines = [_line(remark) for remark in remarks]
        set_text(self.query_one(".granting--remarks", Static), Content("\n").join(lines))
        self.query_one(".granting--remarks").display = bool(lines)

    def _planned(self) -> list[granting.Remark]:
        """Return what the last plan says about these roles: how they are granted already, and on which conditions."""
        from wizard.work import planning

        reviewed = self.session.reviewed
        if reviewed is None:
            return []
        notes = [note for change in reviewed.plan.changes for note in planning.notes(change)]
        return granting.planned(notes, self.answers)


def _line(remark: granting.Remark) -> Content:
    if remark.warn:
        return Content.styled(f"! {remark.text}", "$text-warning")
    return Content.styled(f"· {remark.text}", "$text-muted")
